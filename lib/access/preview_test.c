#include "access/preview.h"

#include "testdata/support/failing.h"
#include "testdata/support/tailnet.h"

#include <criterion/criterion.h>

/* Tailnet API A.14 and A.15: rules on the lines 15 and 18. */
static const char lab[] =
	"// Lab policy\n"
	"{\n"
	"\t\"groups\": {\n"
	"\t\t\"group:ops\": [\"ada@example.com\", \"lin@example.com\"],\n"
	"\t},\n"
	"\t\"tagOwners\": {\n"
	"\t\t\"tag:db\": [\"group:ops\"],\n"
	"\t},\n"
	"\t\"hosts\": {\n"
	"\t\t\"vault\": \"100.64.10.2\",\n"
	"\t},\n"
	"\n"
	"\t\"acls\": [\n"
	"\t\t// ops reach the database\n"
	"\t\t{\"action\": \"accept\", \"src\": [\"group:ops\"], \"dst\": [\"tag:db:5432\"]},\n"
	"\n"
	"\t\t// everybody reaches the vault over https\n"
	"\t\t{\"action\": \"accept\", \"src\": [\"autogroup:member\"], \"dst\": "
	"[\"vault:443\"]},\n"
	"\t],\n"
	"\t\"tests\": [\n"
	"\t\t{\n"
	"\t\t\t\"src\":    \"ada@example.com\",\n"
	"\t\t\t\"accept\": [\"tag:db:5432\"],\n"
	"\t\t\t\"deny\":   [\"vault:22\"],\n"
	"\t\t},\n"
	"\t],\n"
	"}\n";

static const char everything[] =
	"{\"groups\": {\"group:ops\": [\"ada@example.com\", \"lin@example.com\"]},\n"
	"\"tagOwners\": {\"tag:db\": [], \"tag:router\": []},\n"
	"\"postures\": {\"posture:a\": [\"node:os == 'linux'\", \"node:tsVersion >= '1.40'\"],\n"
	"  \"posture:b\": [\"node:os IS SET\"], \"posture:c\": [\"node:os IS SET\"]},\n"
	"\"grants\": [\n"
	"{\"src\": [\"group:ops\"], \"dst\": [\"tag:db\", \"fd7a:115c:a1e0::5\", \"10.0.0.0/8\"],\n"
	"  \"ip\": [\"443\", \"tcp:5432\", \"icmp:*\"], \"srcPosture\": [\"posture:b\", "
	"\"posture:a\"]},\n"
	"{\"src\": [\"lin@example.com\"], \"dst\": [\"10.0.0.0/8\"], \"ip\": [\"*\"],\n"
	"  \"via\": [\"tag:router\"]},\n"
	"{\"src\": [\"*\"], \"dst\": [\"tag:db\"], \"app\": {\"example.com/cap/x\": []}},\n"
	"],\n"
	"\"acls\": [\n"
	"{\"action\": \"accept\", \"src\": [\"autogroup:admin\"], \"dst\": [\"tag:db:1-9000\"]},\n"
	"{\"action\": \"accept\", \"src\": [\"ada@example.com\"], \"dst\": "
	"[\"autogroup:self:22\"]},\n"
	"{\"action\": \"accept\", \"src\": [\"tag:db\"], \"proto\": \"icmp\", \"dst\": "
	"[\"*:*\"]},\n"
	"]}";

static const char inventory[] =
	"{\"users\": [{\"loginName\": \"ada@example.com\", \"role\": \"member\"},\n"
	"  {\"loginName\": \"lin@example.com\", \"role\": \"admin\"}],\n"
	"\"devices\": [{\"name\": \"db1\", \"addresses\": [\"100.64.0.9\"], \"tags\": "
	"[\"tag:db\"]},\n"
	"  {\"name\": \"laptop\", \"addresses\": [\"100.64.0.7\"], \"user\": "
	"\"ada@example.com\"}]}";

#define MATCH(users, ports, line)                                                                  \
	"{\"users\": [" users "], \"ports\": [" ports "], \"lineNumber\": " line "}"
#define MATCH_OPS                                                                                  \
	"{\"users\": [\"group:ops\"], \"ports\": [\"tag:db:443\", \"tag:db:tcp:5432\", "           \
	"\"tag:db:icmp:*\", \"[fd7a:115c:a1e0::5]:443\", \"[fd7a:115c:a1e0::5]:tcp:5432\", "       \
	"\"[fd7a:115c:a1e0::5]:icmp:*\", \"10.0.0.0/8:443\", \"10.0.0.0/8:tcp:5432\", "            \
	"\"10.0.0.0/8:icmp:*\"], \"lineNumber\": 6, \"postures\": [\"posture:b\", \"posture:a\"]}"
#define MATCH_VIA                                                                                  \
	"{\"users\": [\"lin@example.com\"], \"ports\": [\"10.0.0.0/8:*\"], \"lineNumber\": 8, "    \
	"\"via\": [\"tag:router\"]}"
#define MATCH_APP   MATCH("\"*\"", "\"tag:db\"", "10")
#define MATCH_ADMIN MATCH("\"autogroup:admin\"", "\"tag:db:1-9000\"", "13")
#define MATCH_SELF  MATCH("\"ada@example.com\"", "\"autogroup:self:22\"", "14")
#define POSTURES                                                                                   \
	", \"postures\": {\"posture:a\": [\"node:os == 'linux'\", \"node:tsVersion >= '1.40'\"], " \
	"\"posture:b\": [\"node:os IS SET\"]}"
#define ANSWER(matches, type, asked, postures)                                                     \
	"{\"matches\": [" matches "], \"type\": \"" type "\", \"previewFor\": \"" asked            \
	"\"" postures "}"

static const struct {
	const char *policy, *inventory;
	hj_preview_type type;
	const char *asked, *answer;
	unsigned doubtful; /* matches that are left out of it */
} cases[] = {
	{lab, NULL, HJ_PREVIEW_USER, "ada@example.com",
		ANSWER(MATCH("\"group:ops\"", "\"tag:db:5432\"", "15") ", " MATCH(
			       "\"autogroup:member\"", "\"vault:443\"", "18"),
			"user", "ada@example.com", ""),
		0},
	{lab, NULL, HJ_PREVIEW_USER, "bob@example.com",
		ANSWER(MATCH("\"autogroup:member\"", "\"vault:443\"", "18"), "user",
			"bob@example.com", ""),
		0},
	{lab, NULL, HJ_PREVIEW_IPPORT, "100.64.10.2:8080",
		ANSWER("", "ipport", "100.64.10.2:8080", ""), 0},
	{lab, NULL, HJ_PREVIEW_IPPORT, "100.64.10.2:443",
		ANSWER(MATCH("\"autogroup:member\"", "\"vault:443\"", "18"), "ipport",
			"100.64.10.2:443", ""),
		0},
	/* The vault may be a device with the tag. */
	{lab, NULL, HJ_PREVIEW_IPPORT, "100.64.10.2:5432",
		ANSWER("", "ipport", "100.64.10.2:5432", ""), 1},
	{lab, inventory, HJ_PREVIEW_IPPORT, "100.64.10.2:5432",
		ANSWER("", "ipport", "100.64.10.2:5432", ""), 0},
	{lab, inventory, HJ_PREVIEW_IPPORT, "100.64.0.9:5432",
		ANSWER(MATCH("\"group:ops\"", "\"tag:db:5432\"", "15"), "ipport", "100.64.0.9:5432",
			""),
		0},
	/* A role that nobody gave is a doubt; one that was given is none. */
	{everything, NULL, HJ_PREVIEW_USER, "ada@example.com",
		ANSWER(MATCH_OPS ", " MATCH_APP ", " MATCH_SELF, "user", "ada@example.com",
			POSTURES),
		1},
	{everything, inventory, HJ_PREVIEW_USER, "lin@example.com",
		ANSWER(MATCH_OPS ", " MATCH_VIA ", " MATCH_APP ", " MATCH_ADMIN, "user",
			"lin@example.com", POSTURES),
		0},
	/* Some of a group. */
	{everything, inventory, HJ_PREVIEW_USER, "group:ops",
		ANSWER(MATCH_OPS ", " MATCH_APP, "user", "group:ops", POSTURES), 3},
	{everything, inventory, HJ_PREVIEW_IPPORT, "[fd7a:115c:a1e0::5]:443",
		ANSWER(MATCH_OPS, "ipport", "[fd7a:115c:a1e0::5]:443", POSTURES), 0},
	{everything, inventory, HJ_PREVIEW_IPPORT, "10.1.2.3:80",
		ANSWER(MATCH_VIA, "ipport", "10.1.2.3:80", ""), 0},
	/* autogroup:self leads to devices of its own users alone. */
	{everything, inventory, HJ_PREVIEW_IPPORT, "100.64.0.7:22",
		ANSWER(MATCH_SELF, "ipport", "100.64.0.7:22", ""), 0},
	{everything, inventory, HJ_PREVIEW_IPPORT, "100.64.0.9:22",
		ANSWER(MATCH_ADMIN, "ipport", "100.64.0.9:22", ""), 0},
	/* The rule that stands for a policy without rules has no line. */
	{"{}", NULL, HJ_PREVIEW_USER, "ada@example.com", ANSWER("", "user", "ada@example.com", ""),
		0},
};
enum { CASES = sizeof cases / sizeof *cases };

Test(preview, answers)
{
	for (size_t i = 0; i < CASES; i++) {
		struct tailnet tailnet;
		tailnet_open(&tailnet, cases[i].policy, cases[i].inventory);
		hj_preview preview;
		const char *what;
		cr_assert_eq(hj_preview_make(tailnet.reach, cases[i].type,
				     hj_slice_str(cases[i].asked), NULL, &preview, &what),
			HJ_OK, "case %zu", i);
		hj_text text;
		hj_text_init(&text, NULL);
		hj_preview_append(&text, &preview);
		cr_expect_str_eq(hj_text_string(&text), cases[i].answer, "case %zu", i);
		unsigned doubtful = 0;
		for (uint32_t k = 0; k < preview.count; k++) {
			doubtful += preview.matches[k].truth == HJ_MAYBE;
			if (k)
				cr_expect_lt(preview.matches[k - 1].node, preview.matches[k].node);
		}
		cr_expect_eq(doubtful, cases[i].doubtful, "case %zu: %u", i, doubtful);
		hj_text_free(&text);
		hj_preview_free(&preview);
		tailnet_close(&tailnet);
	}
}

Test(preview, refuses)
{
	static const struct {
		hj_preview_type type;
		const char *asked, *what;
	} refused[] = {
		{HJ_PREVIEW_USER, "group:nobody", "no such group"},
		{HJ_PREVIEW_USER, "", "nothing is named"},
		{HJ_PREVIEW_IPPORT, "100.64.0.9", "not an address and a port"},
		{HJ_PREVIEW_IPPORT, "100.64.0.9:", "not an address and a port"},
		{HJ_PREVIEW_IPPORT, "100.64.0.9:22-80", "not an address and a port"},
		{HJ_PREVIEW_IPPORT, "100.64.0.9:*", "not an address and a port"},
		{HJ_PREVIEW_IPPORT, "vault:443", "not an address and a port"},
		{HJ_PREVIEW_IPPORT, "10.0.0.0/8:443", "not an address and a port"},
	};
	struct tailnet tailnet;
	tailnet_open(&tailnet, lab, NULL);
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		hj_preview preview;
		const char *what = NULL;
		cr_expect_eq(hj_preview_make(tailnet.reach, refused[i].type,
				     hj_slice_str(refused[i].asked), NULL, &preview, &what),
			HJ_INVALID, "%s", refused[i].asked);
		cr_expect_str_eq(what, refused[i].what, "%s", refused[i].asked);
	}
	tailnet_close(&tailnet);
}

/* All that is allocated for a case, with the preview's own allocator and the reach's. */
static hj_status job(struct tailnet *tailnet, size_t at, const hj_allocator *allocator)
{
	hj_preview preview;
	const char *what;
	hj_reach *reach;
	hj_status status = hj_reach_build(&tailnet->world, NULL, allocator, &reach);
	if (status)
		return status;
	status = hj_preview_make(
		reach, cases[at].type, hj_slice_str(cases[at].asked), allocator, &preview, &what);
	if (!status) {
		hj_text text;
		hj_text_init(&text, allocator);
		hj_preview_append(&text, &preview);
		status = text.status;
		hj_text_free(&text);
		hj_preview_free(&preview);
	}
	hj_reach_free(reach);
	return status;
}

Test(preview, memory)
{
	for (size_t i = 0; i < CASES; i++) {
		struct tailnet tailnet;
		tailnet_open(&tailnet, cases[i].policy, cases[i].inventory);
		/* What the world makes when first asked is its own. */
		cr_assert_eq(job(&tailnet, i, NULL), HJ_OK);
		for (size_t n = 0;; n++) {
			failing_state state = {.fail_at = n};
			hj_allocator allocator = failing_allocator(&state);
			hj_status status = job(&tailnet, i, &allocator);
			cr_assert_eq(state.blocks, 0);
			if (!state.failed)
				break;
			cr_assert_eq(status, HJ_NO_MEMORY, "case %zu, allocation %zu", i, n);
		}
		tailnet_close(&tailnet);
	}
}
