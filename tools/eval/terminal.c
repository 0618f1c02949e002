#define _DEFAULT_SOURCE /* TIOCGWINSZ */
#include "eval/terminal.h"
#include <sys/ioctl.h>
#include <unistd.h>

int32_t terminal_width(void) {
    struct winsize size;
    if (!isatty(STDOUT_FILENO)) return 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 80;
    return size.ws_col;
}
