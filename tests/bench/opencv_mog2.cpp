/* What `segment --method mog2 --track VIDEO --objects FILE` is measured against: decoding and MOG2
 * alone, its defaults, on two threads; with `blobs` also an opening, contours and boxes as text. */
#include <cstdio>
#include <cstring>
#include <opencv2/imgproc.hpp>
#include <opencv2/video.hpp>
#include <opencv2/videoio.hpp>

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    const bool blobs = argc > 2 && !std::strcmp(argv[2], "blobs");
    cv::setNumThreads(2);
    cv::VideoCapture video(argv[1]);
    if (!video.isOpened()) return 1;
    const auto model = cv::createBackgroundSubtractorMOG2();
    const cv::Mat element = cv::getStructuringElement(cv::MORPH_RECT, cv::Size(3, 3));
    cv::Mat frame, mask;
    long frames = 0, foreground = 0;
    for (; video.read(frame); frames++) {
        model->apply(frame, mask);
        foreground += cv::countNonZero(mask);
        if (!blobs) continue;
        std::vector<std::vector<cv::Point>> contours;
        cv::threshold(mask, mask, 200, 255, cv::THRESH_BINARY);
        cv::morphologyEx(mask, mask, cv::MORPH_OPEN, element);
        cv::findContours(mask, contours, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_SIMPLE);
        for (const auto &contour : contours) {
            const cv::Rect box = cv::boundingRect(contour);
            if (box.area() > 150)
                std::printf("%ld %d %d %d %d\n", frames, box.x, box.y, box.width, box.height);
        }
    }
    std::fprintf(stderr, "%ld frames, %ld pixels of foreground\n", frames, foreground);
    return 0;
}
