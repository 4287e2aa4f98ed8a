#include "lint/reference_parts.h"

#include "policy/accept.h"

/*
 * By position: the stage that refuses, and the sentence about a tag or another name, with the name
 * in the place of the %s; NULL where nobody has recorded one. Positions that are not here are not
 * known to be checked.
 */
static const struct refusal {
	const char *path;
	hj_stage stage;
	const char *tag, *other;
} refusals[] = {
	{"acls[].src", HJ_STAGE_ACLS, "src=tag not found: \"%s\"", NULL},
	{"acls[].dst", HJ_STAGE_ACLS, "dst=\"%s\": tag not found: \"%s\"", NULL},
	{"grants[].src", HJ_STAGE_GRANTS, "src=tag not found: \"%s\"", NULL},
	{"grants[].dst", HJ_STAGE_GRANTS, NULL, NULL},
	{"grants[].via", HJ_STAGE_GRANTS, "tag \"%s\" not found", NULL},
	{"ssh[].src", HJ_STAGE_SSH, NULL, NULL},
	{"ssh[].dst", HJ_STAGE_SSH, NULL, NULL},
	{"nodeAttrs[].target", HJ_STAGE_NODE_ATTRS, "tag not found: \"%s\"",
		"\"%s\": invalid address"},
	{"tagOwners", HJ_STAGE_TAG_OWNERS, NULL, NULL},
	{"autoApprovers.routes", HJ_STAGE_AUTO_APPROVERS, NULL, NULL},
	{"autoApprovers.exitNode", HJ_STAGE_AUTO_APPROVERS, NULL, NULL},
	{"autoApprovers.services", HJ_STAGE_AUTO_APPROVERS, NULL, NULL},
	{"ipsets", HJ_STAGE_IPSETS, NULL, NULL},
	{"srcPosture", HJ_STAGE_POSTURES, NULL, NULL},
	{"tests[].src", HJ_STAGE_TESTS, "test(s) failed", "test(s) failed"},
	{"tests[].accept", HJ_STAGE_TESTS, "test(s) failed", "test(s) failed"},
	{"sshTests[].src", HJ_STAGE_TESTS, "test(s) failed", "test(s) failed"},
	{"sshTests[].dst", HJ_STAGE_SSH_TESTS, "SSH tests dst contains unknown tag \"%s\"", NULL},
	/* Only tags are a matter of form there; another name has no device, and the test fails. */
	{"sshTests[].dst", HJ_STAGE_TESTS, NULL, "test(s) failed"},
};

static const char *words_about(const struct refusal *refusal, const hj_mention *use)
{
	return use->kind == HJ_TAG ? refusal->tag : refusal->other;
}

/* Of a position's rows the one that has words for the use, else the first. */
static const struct refusal *refusal_of(const hj_mention *use)
{
	const struct refusal *first = NULL;
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		if (strcmp(refusals[i].path, use->position->path) != 0)
			continue;
		if (words_about(&refusals[i], use))
			return &refusals[i];
		first = first ? first : &refusals[i];
	}
	return first;
}

/* In a stage the fault at the first node comes first. */
uint32_t hj__refusal_of_use(const hj_mention *use)
{
	enum { MOST = 0xFFFFFF };
	const struct refusal *refusal = refusal_of(use);
	if (!refusal)
		return 0;
	return (uint32_t)refusal->stage << 24 | (use->node < MOST ? use->node : MOST);
}

void hj__refuse_use(hj_lint_run *run, hj_finding *finding, const hj_mention *use)
{
	const struct refusal *refusal = refusal_of(use);
	if (!finding || !refusal)
		return;
	finding->refusal = hj__refusal_of_use(use);
	const char *words = words_about(refusal, use);
	if (!words)
		return;
	hj_text text;
	hj_text_init(&text, run->allocator);
	for (const char *at = words; *at; at++) {
		if (at[0] == '%' && at[1] == 's') {
			hj_text_append(&text, use->name);
			at++;
		} else {
			hj_text_byte(&text, *at);
		}
	}
	if (text.status)
		run->findings->status = text.status;
	else
		hj_finding_service(run->findings, finding, finding->refusal, "%.*s", (int)text.size,
			text.data);
	hj_text_free(&text);
}
