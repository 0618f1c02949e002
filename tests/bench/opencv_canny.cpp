/* What `segment --method canny in.png out.png` is measured against as a whole process. */
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    cv::Mat picture = cv::imread(argv[1], cv::IMREAD_GRAYSCALE), edges;
    if (picture.empty()) return 1;
    cv::GaussianBlur(picture, picture, cv::Size(5, 5), 1.4);
    cv::Canny(picture, edges, 50, 150);
    return cv::imwrite(argv[2], edges) ? 0 : 1;
}
