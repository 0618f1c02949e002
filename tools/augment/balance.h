/* --balance: more copies of what is rare. */
#ifndef TOOLS_AUGMENT_BALANCE_H
#define TOOLS_AUGMENT_BALANCE_H

#include "augment/source.h"

/** Sets the number of copies of each item, if --balance asks for it. A sample counts for the rarest
 *  class in it, of equal ones for the lowest; the outputs of a class are spread over its samples as
 *  evenly as whole numbers can, the first ones getting the rest. Returns EXIT_DONE, or what to exit
 *  with after the message that was given. */
int balance_copies(augment_job *target, source *from);

#endif
