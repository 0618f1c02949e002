/* Ctrl-C and SIGTERM: the work in progress is ended properly; a second one ends the program. */
#ifndef TOOLS_SIGNALS_H
#define TOOLS_SIGNALS_H

/** At the start: a closed pipe becomes a failed write instead of a signal; Ctrl-C and SIGTERM end
 *  the program. */
void signals_install(void);

/** Before there is anything to be ended properly: from now on they are noted. */
void signals_catch(void);

/** The signal that came, 0 if none. */
int signals_received(void);

/** From enter to leave the calling thread is woken from waiting system calls (of a slow pipe) when
 *  a signal comes, and every second after it. */
void signals_enter(void);
void signals_leave(void);

#endif
