/* What `segment-augment` is measured against: JPEG to JPEG by OpenCV on two threads, a picture
 * each. opencv_augment IN OUT COPIES QUALITY [cache] hflip(p=0.5), rotate(limit=15), mosaic(p=0.5),
 * cutmix(p=0.5) as segment-augment has them, without labels. Partners are read again each time, or
 * with `cache` once. */
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

std::vector<std::filesystem::path> files;
std::vector<cv::Mat> kept;
std::mutex lock;
bool cache;

cv::Mat load(size_t index) {
    if (cache) {
        const std::lock_guard<std::mutex> guard(lock);
        if (!kept[index].empty()) return kept[index];
    }
    cv::Mat picture = cv::imread(files[index].string(), cv::IMREAD_COLOR);
    if (cache) {
        const std::lock_guard<std::mutex> guard(lock);
        kept[index] = picture;
    }
    return picture;
}

double unit(std::mt19937_64 &random) {
    return std::uniform_real_distribution<double>(0, 1)(random);
}

cv::Mat partner(std::mt19937_64 &random) {
    return load(static_cast<size_t>(unit(random) * static_cast<double>(files.size())));
}

/* A part of the picture, brought to the place by areas. */
void bring(const cv::Mat &target, cv::Rect place, const cv::Mat &from, cv::Rect2d part) {
    const cv::Rect inside(0, 0, from.cols, from.rows);
    cv::Mat window = target(place);
    const cv::Rect whole = cv::Rect(part) & inside;
    cv::resize(from(whole.empty() ? cv::Rect(0, 0, 1, 1) : whole), window, place.size(), 0, 0,
               cv::INTER_AREA);
}

void tile(const cv::Mat &target, cv::Rect place, const cv::Mat &from, std::mt19937_64 &random) {
    if (place.empty()) return;
    const double a = static_cast<double>(place.width) / from.cols,
                 b = static_cast<double>(place.height) / from.rows;
    const double factor = std::max(a, b) * (1 + 0.5 * unit(random));
    const double x = unit(random) * (from.cols - place.width / factor),
                 y = unit(random) * (from.rows - place.height / factor);
    bring(target, place, from, {x, y, place.width / factor, place.height / factor});
}

cv::Mat mosaic(const cv::Mat &picture, std::mt19937_64 &random) {
    cv::Mat made(picture.size(), picture.type());
    const int x = static_cast<int>((0.3 + 0.4 * unit(random)) * made.cols),
              y = static_cast<int>((0.3 + 0.4 * unit(random)) * made.rows);
    tile(made, {0, 0, x, y}, picture, random);
    tile(made, {x, 0, made.cols - x, y}, partner(random), random);
    tile(made, {0, y, x, made.rows - y}, partner(random), random);
    tile(made, {x, y, made.cols - x, made.rows - y}, partner(random), random);
    return made;
}

void cutmix(cv::Mat &picture, std::mt19937_64 &random) {
    const cv::Mat other = partner(random);
    const double side = std::sqrt(unit(random));
    const int w = static_cast<int>(side * picture.cols), h = static_cast<int>(side * picture.rows);
    cv::Rect place(static_cast<int>(unit(random) * picture.cols) - w / 2,
                   static_cast<int>(unit(random) * picture.rows) - h / 2, w, h);
    place &= cv::Rect(0, 0, picture.cols, picture.rows);
    const double across = static_cast<double>(other.cols) / picture.cols,
                 down = static_cast<double>(other.rows) / picture.rows;
    if (!place.empty())
        bring(picture, place, other,
              {place.x * across, place.y * down, place.width * across, place.height * down});
}

void copy(const cv::Mat &source, const std::string &name, int quality, std::mt19937_64 &random) {
    cv::Mat picture = source, turned;
    if (unit(random) < 0.5) {
        cv::flip(picture, turned, 1);
        picture = turned;
        turned = cv::Mat();
    }
    const cv::Mat map = cv::getRotationMatrix2D(
        {static_cast<float>(picture.cols) / 2, static_cast<float>(picture.rows) / 2},
        30 * unit(random) - 15, 1);
    cv::warpAffine(picture, turned, map, picture.size());
    if (unit(random) < 0.5) turned = mosaic(turned, random);
    if (unit(random) < 0.5) cutmix(turned, random);
    cv::imwrite(name, turned, {cv::IMWRITE_JPEG_QUALITY, quality});
}

} // namespace

int main(int argc, char **argv) {
    if (argc < 5) return 2;
    const std::filesystem::path out = argv[2];
    const int copies = std::atoi(argv[3]), quality = std::atoi(argv[4]);
    cache = argc > 5;
    for (const auto &entry : std::filesystem::directory_iterator(argv[1]))
        files.push_back(entry.path());
    kept.resize(files.size());
    std::filesystem::create_directories(out);
    cv::setNumThreads(1); /* a picture for each thread: faster than rows of one */
    std::atomic<size_t> next{0};
    const auto work = [&] {
        for (size_t i; (i = next++) < files.size();) {
            std::mt19937_64 random(i);
            const cv::Mat source = load(i);
            for (int k = 1; k <= copies; k++)
                copy(source,
                     (out / (files[i].stem().string() + "_" + std::to_string(k) + ".jpg")).string(),
                     quality, random);
        }
    };
    std::thread other(work);
    work();
    other.join();
    return 0;
}
