/*
 * What the service would say of a policy: the findings that are about acceptance, and no advice.
 */
#ifndef HJ_CMD_JUDGING_H
#define HJ_CMD_JUDGING_H

#include "cmd/settings.h"

/*
 * Adds the faults of a document, and what of which nobody knows whether it is one (warnings), as the
 * settings found for it say whose policy it is. Comments that ignore, and which rules are wanted, have
 * no say. Tests are not run. HJ_NO_MEMORY only.
 */
hj_status judge(
	const struct settings *settings, const hj_document *document, hj_findings *findings);
/* Do findings stand in the way: would the service refuse, or lose data? */
bool judged_bad(const hj_findings *findings);

#endif
