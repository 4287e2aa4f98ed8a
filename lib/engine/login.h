/*
 * Logins: who may open a Tailscale SSH session on what, as which account (control plane 9 and 13,
 * policy language 12). Three-valued like reach.h; network rules have no say.
 */
#ifndef HJ_ENGINE_LOGIN_H
#define HJ_ENGINE_LOGIN_H

#include "engine/reach.h"

typedef enum hj_login_kind {
	HJ_LOGIN_NONE,  /* blocked */
	HJ_LOGIN_CHECK, /* after a check; a check rule goes before an accept rule */
	HJ_LOGIN_ACCEPT,
} hj_login_kind;

typedef struct hj_login {
	hj_truth allowed;      /* by any rule */
	hj_truth accepted;     /* by a rule that accepts */
	hj_truth checked;      /* by a rule that checks: it goes before those that accept */
	hj_login_kind kind;    /* when allowed, as far as it does not hang on facts */
	const uint32_t *rules; /* indexes in policy->ssh that allow it, or would; ascending */
	uint32_t rule_count;
	const hj_slice *facts; /* when it depends: the first HJ_FACTS_LISTED of them */
	uint32_t fact_count;
} hj_login;

/*
 * May a source open a session on a destination as an account ("root")? An empty account asks for any.
 * The answer is good until the next question to this reach. HJ_NO_MEMORY only.
 */
HJ_API hj_status hj_login_ask(hj_reach *reach, const hj_origin *source,
	const hj_subject *destination, hj_slice account, hj_login *out);

#endif
