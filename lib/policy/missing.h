/*
 * What a policy truly lacks. A field that is not there may be there all the same, misspelt or with a
 * value of another type: that is a fault of its own (unknown-field, wrong-type, null-value), and to
 * call the field missing would be to report it twice.
 *
 * Shared inside the library.
 */
#ifndef HJ_POLICY_MISSING_H
#define HJ_POLICY_MISSING_H

#include "policy/policy.h"

/*
 * Where an entry of a list such as "ssh" lacks a field, under its name or its older one: the node of
 * the empty value (null too), or the entry. 0: it does not; nor when a value stands there that was not
 * bound, or the entry has any name that is no field's. Linear in the entry.
 */
uint32_t hj_lack(const hj_policy *policy, const char *section, uint32_t entry, const char *field);

/* Is a name that no section has most like this section's? */
bool hj_misspells_section(const hj_policy *policy, const char *section);

#endif
