/* peak_memory FILE COMMAND...: runs the command and writes its largest resident size, in KiB, to
 * the file. Its exit code is the command's. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **words) {
    if (count < 3) return 2;
    pid_t child = fork();
    if (child == 0) {
        execvp(words[2], words + 2);
        perror(words[2]);
        _exit(127);
    }
    int state;
    struct rusage usage;
    if (child < 0 || waitpid(child, &state, 0) < 0 || getrusage(RUSAGE_CHILDREN, &usage) != 0)
        return 2;
    FILE *file = fopen(words[1], "w");
    if (!file) return 2;
    fprintf(file, "%ld\n", usage.ru_maxrss);
    if (fclose(file) != 0) return 2;
    return WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
}
