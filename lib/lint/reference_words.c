#include "lint/reference_parts.h"

#include "policy/accept.h"

/* Of tests it says no more; that a test fails comes after all faults in the structure. */
static const char failed[] = "test(s) failed";

/*
 * By position: the stage and the step that refuse, and the sentence about a tag, a host or another
 * name, with the name in the place of the %s; NULL where nobody has recorded one. Positions that
 * are not here are not known to be checked. Of an undefined tag as a grant's destination the
 * reference has headscale's sentence, which is the recorded one of acls.
 */
static const struct refusal {
	const char *path;
	hj_stage stage;
	hj_step step;
	const char *tag, *host, *other;
} refusals[] = {
	{"acls[].src", HJ_STAGE_ACLS, HJ_STEP_SOURCE, "src=tag not found: \"%s\"", NULL, NULL},
	{"acls[].dst", HJ_STAGE_ACLS, HJ_STEP_DESTINATION, "dst=\"%s\": tag not found: \"%s\"",
		NULL, NULL},
	{"grants[].src", HJ_STAGE_GRANTS, HJ_STEP_SOURCE, "src=tag not found: \"%s\"", NULL, NULL},
	{"grants[].dst", HJ_STAGE_GRANTS, HJ_STEP_DESTINATION, "dst=\"%s\": tag not found: \"%s\"",
		NULL, NULL},
	{"grants[].via", HJ_STAGE_GRANTS, HJ_STEP_VIA, "tag \"%s\" not found", NULL, NULL},
	{"ssh[].src", HJ_STAGE_SSH, HJ_STEP_SOURCE, NULL, NULL, NULL},
	{"ssh[].dst", HJ_STAGE_SSH, HJ_STEP_DESTINATION, NULL, NULL, NULL},
	{"nodeAttrs[].target", HJ_STAGE_NODE_ATTRS, HJ_STEP_ACTION, "tag not found: \"%s\"",
		"\"%s\": invalid address", NULL},
	{"tagOwners", HJ_STAGE_TAG_OWNERS, HJ_STEP_ACTION, NULL, NULL, NULL},
	{"autoApprovers.routes", HJ_STAGE_AUTO_APPROVERS, HJ_STEP_ACTION, NULL, NULL, NULL},
	{"autoApprovers.exitNode", HJ_STAGE_AUTO_APPROVERS, HJ_STEP_ACTION, NULL, NULL, NULL},
	{"autoApprovers.services", HJ_STAGE_AUTO_APPROVERS, HJ_STEP_ACTION, NULL, NULL, NULL},
	{"ipsets", HJ_STAGE_IPSETS, HJ_STEP_ACTION, NULL, NULL, NULL},
	{"srcPosture", HJ_STAGE_POSTURES, HJ_STEP_ACTION, NULL, NULL, NULL},
	{"tests[].src", HJ_STAGE_TESTS, HJ_STEP_ACTION, failed, failed, failed},
	{"tests[].accept", HJ_STAGE_TESTS, HJ_STEP_ACTION, failed, failed, failed},
	{"sshTests[].src", HJ_STAGE_TESTS, HJ_STEP_ACTION, failed, failed, failed},
	{"sshTests[].dst", HJ_STAGE_SSH_TESTS, HJ_STEP_ACTION,
		"SSH tests dst contains unknown tag \"%s\"", failed, failed},
};

static const struct refusal *refusal_of(const hj_mention *use)
{
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
		if (strcmp(refusals[i].path, use->position->path) == 0)
			return &refusals[i];
	return NULL;
}

/* tag:web:443 */
static bool is_tag_with_port(hj_slice name)
{
	return hj_slice_starts(name, HJ_SLICE("tag:")) && memchr(name.data + 4, ':', name.size - 4);
}

/* NULL: nobody knows. A tag with a port is no destination of SSH, whatever the tag (12.2). */
static const char *words_of(const struct refusal *refusal, const hj_mention *use)
{
	if (refusal->stage == HJ_STAGE_SSH && refusal->step == HJ_STEP_DESTINATION &&
		is_tag_with_port(use->name))
		return "invalid dst \"%s\"";
	return use->kind == HJ_TAG     ? refusal->tag
		: use->kind == HJ_HOST ? refusal->host
				       : refusal->other;
}

uint64_t hj__refusal_of_use(const hj_lint_run *run, const hj_mention *use)
{
	const struct refusal *refusal = refusal_of(use);
	if (!refusal)
		return 0;
	hj_stage stage = words_of(refusal, use) == failed ? HJ_STAGE_TESTS : refusal->stage;
	return hj_refusal_in(run->policy, stage, refusal->step, use->node) + 1;
}

void hj__refuse_use(hj_lint_run *run, hj_finding *finding, const hj_mention *use)
{
	const struct refusal *refusal = refusal_of(use);
	if (!finding || !refusal)
		return;
	finding->refusal = hj__refusal_of_use(run, use);
	const char *words = words_of(refusal, use);
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
