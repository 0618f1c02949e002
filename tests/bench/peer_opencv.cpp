/* OpenCV as the peer. */
#include "peer.h"
#include <map>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/video/background_segm.hpp>
#include <opencv2/video/tracking.hpp>
#include <opencv2/ximgproc.hpp>
#include <opencv2/ximgproc/segmentation.hpp>
#include <string>
#include <tuple>
#include <vector>

namespace {

cv::Mat output, scratch, blurred, dx, dy, magnitudes, labels, stats, centroids, distances;

std::vector<std::vector<cv::Point>> contours;
std::vector<cv::Vec4i> tree;

cv::Mat header(const seg_image *image) {
    return cv::Mat(image->height, image->width, CV_8UC(image->channels), image->data,
                   static_cast<size_t>(image->stride));
}

} // namespace

extern "C" {

const char *peer_name(void) {
    static const std::string name = "OpenCV " + cv::getVersionString();
    return name.c_str();
}

void peer_set_threads(int threads) {
    cv::setNumThreads(threads);
}

void peer_grey(const seg_image *rgb) {
    cv::cvtColor(header(rgb), output,
                 rgb->channels == 4 ? cv::COLOR_RGBA2GRAY : cv::COLOR_RGB2GRAY);
}

void peer_blur(const seg_image *grey) {
    cv::GaussianBlur(header(grey), output, cv::Size(5, 5), 1.4);
}

void peer_sobel(const seg_image *grey) {
    cv::Sobel(header(grey), dx, CV_16S, 1, 0, 3, 1, 0, cv::BORDER_REPLICATE);
    cv::Sobel(header(grey), dy, CV_16S, 0, 1, 3, 1, 0, cv::BORDER_REPLICATE);
}

void peer_magnitude(const seg_image *grey, bool scharr) {
    const int side = scharr ? cv::FILTER_SCHARR : 3;
    cv::Sobel(header(grey), dx, CV_32F, 1, 0, side, 1, 0, cv::BORDER_REPLICATE);
    cv::Sobel(header(grey), dy, CV_32F, 0, 1, side, 1, 0, cv::BORDER_REPLICATE);
    cv::magnitude(dx, dy, magnitudes);
}

void peer_laplacian(const seg_image *grey, double sigma, int radius) {
    header(grey).convertTo(scratch, CV_32F);
    cv::GaussianBlur(scratch, blurred, cv::Size(2 * radius + 1, 2 * radius + 1), sigma);
    cv::Laplacian(blurred, magnitudes, CV_32F, 1, 1, 0, cv::BORDER_REPLICATE);
}

void peer_difference(const seg_image *a, const seg_image *b, double level) {
    cv::absdiff(header(a), header(b), scratch);
    cv::threshold(scratch, output, level, 255, cv::THRESH_BINARY);
}

double peer_otsu(const seg_image *grey) {
    return cv::threshold(header(grey), output, 0, 255, cv::THRESH_BINARY | cv::THRESH_OTSU);
}

void peer_canny(const seg_image *grey, double low, double high, bool l2, bool blur) {
    if (blur) cv::GaussianBlur(header(grey), blurred, cv::Size(5, 5), 1.4);
    cv::Canny(blur ? blurred : header(grey), output, low, high, 3, l2);
}

int peer_components(const seg_image *mask, bool statistics) {
    return statistics ? cv::connectedComponentsWithStats(header(mask), labels, stats, centroids, 8)
                      : cv::connectedComponents(header(mask), labels, 8);
}

void peer_median(const seg_image *grey, int side) {
    cv::medianBlur(header(grey), output, side);
}

void peer_open(const seg_image *mask, int side) {
    cv::morphologyEx(header(mask), output, cv::MORPH_OPEN,
                     cv::getStructuringElement(cv::MORPH_RECT, cv::Size(side, side)));
}

void peer_adaptive(const seg_image *grey, bool gaussian, int window, double c) {
    cv::adaptiveThreshold(header(grey), output, 255,
                          gaussian ? cv::ADAPTIVE_THRESH_GAUSSIAN_C : cv::ADAPTIVE_THRESH_MEAN_C,
                          cv::THRESH_BINARY, window, c);
}

void peer_sauvola(const seg_image *grey, int window, double k, double r) {
    cv::ximgproc::niBlackThreshold(header(grey), output, 255, cv::THRESH_BINARY, window, k,
                                   cv::ximgproc::BINARIZATION_SAUVOLA, r);
}

void peer_morphology(const seg_image *grey, int operation, bool ellipse, int side) {
    static const int operations[] = {cv::MORPH_ERODE,   cv::MORPH_DILATE,   cv::MORPH_OPEN,
                                     cv::MORPH_CLOSE,   cv::MORPH_GRADIENT, cv::MORPH_TOPHAT,
                                     cv::MORPH_BLACKHAT};
    cv::morphologyEx(header(grey), output, operations[operation],
                     cv::getStructuringElement(ellipse ? cv::MORPH_ELLIPSE : cv::MORPH_RECT,
                                               cv::Size(side, side)));
}

void peer_distance(const seg_image *mask) {
    cv::distanceTransform(header(mask), distances, cv::DIST_L2, cv::DIST_MASK_PRECISE);
}

void peer_slic(const seg_image *rgb, int side, float ruler, int iterations) {
    cv::cvtColor(header(rgb), scratch, cv::COLOR_RGB2Lab);
    auto slic = cv::ximgproc::createSuperpixelSLIC(scratch, cv::ximgproc::SLIC, side, ruler);
    slic->iterate(iterations);
    slic->enforceLabelConnectivity(25);
    slic->getLabels(labels);
}

void peer_seeds(const seg_image *rgb, int regions, int iterations) {
    cv::cvtColor(header(rgb), scratch, cv::COLOR_RGB2Lab);
    auto seeds = cv::ximgproc::createSuperpixelSEEDS(rgb->width, rgb->height, 3, regions, 4, 2, 5);
    seeds->iterate(scratch, iterations);
    seeds->getLabels(labels);
}

void peer_graph(const seg_image *rgb, double sigma, float k, int min_size) {
    auto graph = cv::ximgproc::segmentation::createGraphSegmentation(sigma, k, min_size);
    graph->processImage(header(rgb), labels);
}

void peer_equalise(const seg_image *grey) {
    cv::equalizeHist(header(grey), output);
}

void peer_contours(const seg_image *mask) {
    cv::findContours(header(mask), contours, tree, cv::RETR_TREE, cv::CHAIN_APPROX_NONE);
}

/* OpenCV's order is its own, so borders go by their first pixel; an object and a hole may share it.
 */
int64_t peer_contours_differ(const seg_border_tree *ours) {
    std::map<std::tuple<int, int, bool>, int> found;
    auto key = [&](size_t i) {
        int d = 0;
        for (int p = tree[i][3]; p >= 0; p = tree[static_cast<size_t>(p)][3])
            ++d;
        return std::make_tuple(contours[i][0].x, contours[i][0].y, d % 2 == 1);
    };
    for (size_t i = 0; i < contours.size(); ++i)
        found[key(i)] = static_cast<int>(i);
    int64_t wrong = static_cast<int64_t>(contours.size()) != ours->count;
    std::vector<int> theirs(static_cast<size_t>(ours->count), -1);
    for (int i = 0; i < ours->count; ++i) {
        const seg_border_node &node = ours->items[i];
        const seg_point *points = ours->points + node.first;
        auto at = found.find(std::make_tuple(points[0].x, points[0].y, node.hole));
        if (at == found.end()) {
            ++wrong;
            continue;
        }
        const auto &peer = contours[static_cast<size_t>(at->second)];
        theirs[static_cast<size_t>(i)] = at->second;
        bool same = peer.size() == static_cast<size_t>(node.count);
        for (size_t k = 0; same && k < peer.size(); ++k)
            same = peer[k].x == points[k].x && peer[k].y == points[k].y;
        const int parent = node.parent < 0 ? -1 : theirs[static_cast<size_t>(node.parent)];
        wrong += !same || tree[static_cast<size_t>(at->second)][3] != parent;
    }
    return wrong;
}

void peer_mean_shift(const seg_image *rgb, double spatial, double range) {
    cv::pyrMeanShiftFiltering(header(rgb), scratch, spatial, range);
}

void peer_watershed(const seg_image *rgb, const seg_image *markers) {
    const cv::Mat given(markers->height, markers->width, CV_32S, markers->data,
                        static_cast<size_t>(markers->stride));
    given.copyTo(labels); /* it writes into them */
    cv::watershed(header(rgb), labels);
}

void peer_flood(const seg_image *rgb, int x, int y, double tolerance, bool fixed) {
    cv::Mat picture = header(rgb); /* FLOODFILL_MASK_ONLY leaves it alone */
    output.create(rgb->height + 2, rgb->width + 2, CV_8U);
    output.setTo(0);
    cv::floodFill(picture, output, cv::Point(x, y), cv::Scalar(), nullptr,
                  cv::Scalar::all(tolerance), cv::Scalar::all(tolerance),
                  4 | 255 << 8 | cv::FLOODFILL_MASK_ONLY | (fixed ? cv::FLOODFILL_FIXED_RANGE : 0));
}

void peer_grabcut(const seg_image *rgb, const seg_rect *rect, int iterations) {
    cv::Mat background, foreground;
    cv::grabCut(header(rgb), output, cv::Rect(rect->x, rect->y, rect->width, rect->height),
                background, foreground, iterations, cv::GC_INIT_WITH_RECT);
}

void peer_warp(const seg_image *picture, const double matrix[6]) {
    const cv::Mat_<double> map(2, 3, const_cast<double *>(matrix));
    cv::warpAffine(header(picture), output, map, cv::Size(picture->width, picture->height),
                   cv::INTER_LINEAR | cv::WARP_INVERSE_MAP);
}

void peer_dis(const seg_image *first, const seg_image *second, int preset) {
    static cv::Ptr<cv::DISOpticalFlow> dis = cv::DISOpticalFlow::create(preset);
    static cv::Mat field;
    dis->calc(header(first), header(second), field);
}

void peer_farneback(const seg_image *first, const seg_image *second) {
    static cv::Mat field;
    cv::calcOpticalFlowFarneback(header(first), header(second), field, 0.5, 3, 15, 3, 5, 1.2, 0);
}

void peer_flip(const seg_image *rgb) {
    cv::flip(header(rgb), output, 1);
}

void peer_resize(const seg_image *rgb, double factor, bool area) {
    cv::resize(
        header(rgb), output,
        cv::Size(static_cast<int>(rgb->width * factor), static_cast<int>(rgb->height * factor)), 0,
        0, area ? cv::INTER_AREA : cv::INTER_LINEAR);
}

void peer_rotate(const seg_image *rgb, double degrees) {
    const cv::Mat map =
        cv::getRotationMatrix2D(cv::Point2f(static_cast<float>(rgb->width - 1) / 2,
                                            static_cast<float>(rgb->height - 1) / 2),
                                degrees, 1);
    cv::warpAffine(header(rgb), output, map, cv::Size(rgb->width, rgb->height));
}

/* As loaders do it: to HSV, a table for each channel, and back. */
void peer_hsv(const seg_image *rgb, double hue, double saturation, double value) {
    cv::Mat tables(1, 256, CV_8UC3);
    for (int i = 0; i < 256; ++i)
        tables.at<cv::Vec3b>(i) = cv::Vec3b(
            static_cast<uchar>((i + static_cast<int>(hue) + 180) % 180),
            cv::saturate_cast<uchar>(i * saturation), cv::saturate_cast<uchar>(i * value));
    cv::cvtColor(header(rgb), scratch, cv::COLOR_RGB2HSV);
    cv::LUT(scratch, tables, blurred);
    cv::cvtColor(blurred, output, cv::COLOR_HSV2RGB);
}

void peer_blur_sigma(const seg_image *rgb, double sigma) {
    cv::GaussianBlur(header(rgb), output, cv::Size(0, 0), sigma);
}

void peer_line(const seg_image *rgb, double factor, double add) {
    header(rgb).convertTo(output, -1, factor, add);
}

void peer_noise(const seg_image *rgb, double sigma) {
    scratch.create(rgb->height, rgb->width, CV_16SC(rgb->channels));
    cv::randn(scratch, cv::Scalar::all(0), cv::Scalar::all(sigma));
    cv::add(header(rgb), scratch, output, cv::noArray(), CV_8U);
}

void peer_hide(const seg_image *rgb, int side, int period) {
    header(rgb).copyTo(output);
    for (int y = period / 3; y < rgb->height; y += period)
        for (int x = period / 3; x < rgb->width; x += period)
            cv::rectangle(output, cv::Rect(x, y, side, side), cv::Scalar::all(0), cv::FILLED);
}

void peer_background(const seg_image *frame, peer_model model) {
    static cv::Ptr<cv::BackgroundSubtractor> subtractor;
    static cv::Mat kept, rounded;
    const cv::Mat now = header(frame);
    if (model == PEER_MOG2 || model == PEER_KNN) {
        if (!subtractor && model == PEER_MOG2)
            subtractor = cv::createBackgroundSubtractorMOG2();
        else if (!subtractor)
            subtractor = cv::createBackgroundSubtractorKNN();
        subtractor->apply(now, output);
        return;
    }
    const bool average = model == PEER_RUNNING_AVERAGE;
    if (kept.empty()) now.convertTo(kept, average ? CV_32F : CV_8U);
    if (average) kept.convertTo(rounded, CV_8U);
    cv::absdiff(now, average ? rounded : kept, scratch);
    cv::threshold(scratch, output, 25, 255, cv::THRESH_BINARY);
    if (average)
        cv::accumulateWeighted(now, kept, 0.02);
    else
        now.copyTo(kept); /* who reads a video into one picture has to keep the last one */
}

void peer_output(seg_image *u8) {
    for (int y = 0; y < output.rows; ++y)
        std::copy(output.ptr(y), output.ptr(y) + output.cols * output.channels(),
                  static_cast<uint8_t *>(seg_image_row(u8, y)));
}
}
