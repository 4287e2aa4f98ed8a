#include "base/arena.h"
#include "base/fold.h"
#include "lint/advice.h"
#include "lint/ssh_together.h"
#include "policy/duration.h"
#include "policy/missing.h"
#include "policy/ports.h"
#include "policy/selector.h"

enum {
	DEAD,
	SELECTOR_USER,
	LITERAL_LOCALPART,
	PERIOD_ON_ACCEPT,
	SHORT_PERIOD,
	DEFAULT_PERIOD,
	COVERED_USER,
	OVERRIDDEN,
	ENV_ALL,
	ENV_BLOCKED,
	ENFORCE_NOTHING,
	OPTIONAL_RECORDING,
	LOCALPART_REACH,
	CHECK_ALWAYS,
	PREFER_SELF,
	NONROOT_ON_TAGS,
	NO_NETWORK,
	RULE_COUNT
};

#define SSH(rule)                                                                                  \
	"{\n\t\"tagOwners\": {\"tag:web\": [], \"tag:rec\": []},\n\t\"acls\": [{\"action\": "      \
	"\"accept\", \"src\": [\"autogroup:member\"], \"dst\": [\"tag:web:22\", "                  \
	"\"autogroup:self:22\"]}],\n\t\"ssh\": [" rule "],\n}\n"
#define FROM(who, rest)     "{\"action\": \"" who "\", \"src\": [\"autogroup:member\"], " rest "}"
#define ACCEPT(users, rest) FROM("accept", "\"dst\": [\"tag:web\"], \"users\": [" users "]" rest)
#define CHECK(users, rest)  FROM("check", "\"dst\": [\"tag:web\"], \"users\": [" users "]" rest)

static const hj_rule rules[RULE_COUNT] = {
	[DEAD] = {.code = "H050",
		.name = "dead-ssh-rule",
		.severity = HJ_WARNING_LEVEL,
		.summary = "an SSH rule without sources or destinations",
		.why = "The service takes it and it lets nobody in: an empty or absent list "
		       "matches nothing.",
		.bad = SSH("{\"action\": \"accept\", \"src\": [], \"dst\": [\"tag:web\"], "
			   "\"users\": [\"web\"]}"),
		.good = SSH(ACCEPT("\"web\"", "")),
		.fix = "say who may go where, or remove the rule"},
	[SELECTOR_USER] = {.code = "H051",
		.name = "selector-as-ssh-user",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a selector stands among the accounts of an SSH rule",
		.why = "\"users\" lists accounts of the destination. Everything but "
		       "\"autogroup:nonroot\" and \"localpart:*@DOMAIN\" is taken letter for "
		       "letter, and no machine has an account \"group:dev\". Who may connect "
		       "belongs in \"src\".",
		.bad = SSH(ACCEPT("\"autogroup:member\"", "")),
		.good = SSH(ACCEPT("\"web\"", "")),
		.fix = "write names of accounts"},
	[LITERAL_LOCALPART] = {.code = "H052",
		.name = "literal-localpart",
		.severity = HJ_WARNING_LEVEL,
		.summary = "\"localpart:\" without \"*@DOMAIN\" is an account's name",
		.why = "Only \"localpart:*@\" with a domain after it stands for the login's first "
		       "part. Any other form is taken letter for letter and lets nobody in.",
		.bad = SSH(ACCEPT("\"localpart:web\"", "")),
		.good = SSH(FROM("accept",
			"\"dst\": [\"autogroup:self\"], \"users\": "
			"[\"localpart:*@example.com\"]")),
		.fix = "write \"localpart:*@DOMAIN\""},
	[PERIOD_ON_ACCEPT] = {.code = "H053",
		.name = "check-period-on-accept",
		.severity = HJ_WARNING_LEVEL,
		.summary = "\"checkPeriod\" in a rule that does not check",
		.why = "The period says how long a check lasts. With the action \"accept\" there "
		       "is "
		       "none, and the rule is more lenient than it looks.",
		.bad = SSH(ACCEPT("\"web\"", ", \"checkPeriod\": \"8h\"")),
		.good = SSH(CHECK("\"web\"", ", \"checkPeriod\": \"8h\"")),
		.fix = "remove \"checkPeriod\", or write the action \"check\""},
	[SHORT_PERIOD] = {.code = "H054",
		.name = "short-check-period",
		.severity = HJ_WARNING_LEVEL,
		.summary = "\"checkPeriod\" is below a minute",
		.why = "The documented minimum is one minute. The service takes less without a "
		       "word; what it makes of it is not known. \"always\" asks at every "
		       "connection.",
		.bad = SSH(CHECK("\"web\"", ", \"checkPeriod\": \"30s\"")),
		.good = SSH(CHECK("\"web\"", ", \"checkPeriod\": \"1m\"")),
		.fix = "write \"1m\" or more, or \"always\""},
	[DEFAULT_PERIOD] = {.code = "H055",
		.name = "default-check-period",
		.severity = HJ_INFO_LEVEL,
		.summary = "\"checkPeriod\" states its default",
		.why = "Without it a check lasts 12 hours as well.",
		.bad = SSH(CHECK("\"web\"", ", \"checkPeriod\": \"12h\"")),
		.good = SSH(CHECK("\"web\"", "")),
		.fix = "leave it out",
		.off = true},
	[COVERED_USER] = {.code = "H056",
		.name = "covered-ssh-user",
		.severity = HJ_INFO_LEVEL,
		.summary = "an account beside \"autogroup:nonroot\"",
		.why = "\"autogroup:nonroot\" is every account but root, this one included. If "
		       "only "
		       "the named accounts were meant, it is the autogroup that has to go.",
		.bad = SSH(ACCEPT("\"autogroup:nonroot\", \"web\"", "")),
		.good = SSH(ACCEPT("\"autogroup:nonroot\"", "")),
		.fix = "remove the name, or \"autogroup:nonroot\""},
	[OVERRIDDEN] = {.code = "H057",
		.name = "accept-under-check",
		.severity = HJ_WARNING_LEVEL,
		.summary = "an SSH rule accepts what another one checks",
		.why = "Where both match, the check comes first, whatever the order in the file. "
		       "The accepting rule does not spare anybody the check.",
		.bad = SSH(ACCEPT("\"web\"", "") ", " CHECK("\"web\", \"root\"", "")),
		.good = SSH(ACCEPT("\"web\"", "") ", " CHECK("\"root\"", "")),
		.fix = "remove one of the two, or take the account out of one of them"},
	[ENV_ALL] = {.code = "H058",
		.name = "ssh-env-everything",
		.severity = HJ_WARNING_LEVEL,
		.summary = "an SSH rule lets every environment variable through",
		.why = "Variables steer programs on the destination: what they load, run and "
		       "trust. List those that are needed.",
		.bad = SSH(ACCEPT("\"web\"", ", \"acceptEnv\": [\"*\"]")),
		.good = SSH(ACCEPT("\"web\"", ", \"acceptEnv\": [\"GIT_*\"]")),
		.fix = "list the variables that are needed"},
	[ENV_BLOCKED] = {.code = "H059",
		.name = "ssh-env-blocked",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a variable in \"acceptEnv\" never gets through",
		.why = "Clients refuse variables of the loader (LD_…, DYLD_…), GOTRACEBACK, and "
		       "names with anything but letters, digits, _ and -.",
		.bad = SSH(ACCEPT("\"web\"", ", \"acceptEnv\": [\"TERM\", \"LD_PRELOAD\"]")),
		.good = SSH(ACCEPT("\"web\"", ", \"acceptEnv\": [\"TERM\"]")),
		.fix = "remove it"},
	[ENFORCE_NOTHING] = {.code = "H060",
		.name = "enforce-without-recorder",
		.severity = HJ_WARNING_LEVEL,
		.summary = "\"enforceRecorder\" without \"recorder\"",
		.why = "Without a recorder nothing is recorded, so there is nothing to enforce: "
		       "sessions go on unrecorded.",
		.bad = SSH(ACCEPT("\"web\"", ", \"enforceRecorder\": true")),
		.good = SSH(ACCEPT(
			"\"web\"", ", \"recorder\": [\"tag:rec\"], \"enforceRecorder\": true")),
		.fix = "name a \"recorder\", or remove \"enforceRecorder\""},
	[OPTIONAL_RECORDING] = {.code = "H061",
		.name = "optional-recording",
		.severity = HJ_INFO_LEVEL,
		.summary = "sessions go on when their recorder cannot be reached",
		.why = "Recording fails open unless \"enforceRecorder\" is true.",
		.bad = SSH(ACCEPT("\"web\"", ", \"recorder\": [\"tag:rec\"]")),
		.good = SSH(ACCEPT(
			"\"web\"", ", \"recorder\": [\"tag:rec\"], \"enforceRecorder\": true")),
		.fix = "set \"enforceRecorder\" to true",
		.off = true},
	[LOCALPART_REACH] = {.code = "H062",
		.name = "localpart-reach",
		.severity = HJ_INFO_LEVEL,
		.summary = "a rule with \"localpart:\" reaches the sources' own devices too",
		.why = "The service puts such a rule on the tagged machines and on every device of "
		       "the source users, as if \"autogroup:self\" stood beside the tag.",
		.bad = SSH(ACCEPT("\"localpart:*@example.com\"", "")),
		.good = SSH(FROM("accept",
			"\"dst\": [\"autogroup:self\"], \"users\": "
			"[\"localpart:*@example.com\"]")),
		.fix = "name an account instead of \"localpart:\", unless the reach is meant"},
	[CHECK_ALWAYS] = {.code = "H065",
		.name = "check-always",
		.severity = HJ_INFO_LEVEL,
		.summary = "every SSH connection asks for a check",
		.why = "Programs that open many connections, such as Ansible, ask somebody to log "
		       "in at each of them.",
		.bad = SSH(CHECK("\"web\"", ", \"checkPeriod\": \"always\"")),
		.good = SSH(CHECK("\"web\"", ", \"checkPeriod\": \"1h\"")),
		.fix = "give the check a period, unless this is meant",
		.off = true},
	[PREFER_SELF] = {.code = "H066",
		.name = "prefer-self",
		.severity = HJ_INFO_LEVEL,
		.summary = "an SSH rule from a user to the same user",
		.why = "\"autogroup:self\" says it for everybody in one rule.",
		.bad = SSH("{\"action\": \"accept\", \"src\": [\"ann@example.com\"], \"dst\": "
			   "[\"ann@example.com\"], \"users\": [\"ann\"]}"),
		.good = SSH("{\"action\": \"accept\", \"src\": [\"ann@example.com\"], \"dst\": "
			    "[\"autogroup:self\"], \"users\": [\"ann\"]}"),
		.fix = "write \"autogroup:self\" as the destination",
		.off = true},
	[NONROOT_ON_TAGS] = {.code = "H067",
		.name = "nonroot-on-tags",
		.severity = HJ_INFO_LEVEL,
		.summary = "any account but root of a tagged machine",
		.why = "On machines that are not the user's own, \"autogroup:nonroot\" lets "
		       "everybody log in as everybody else, accounts of services included.",
		.bad = SSH(ACCEPT("\"autogroup:nonroot\"", "")),
		.good = SSH(ACCEPT("\"web\"", "")),
		.fix = "list the accounts",
		.off = true},
	[NO_NETWORK] = {.code = "H068",
		.name = "ssh-without-network",
		.severity = HJ_INFO_LEVEL,
		.summary = "an SSH rule to where no network rule opens port 22",
		.why = "A connection needs both: a rule of \"acls\" or \"grants\" that opens port "
		       "22, and a rule of \"ssh\". Tests of either kind do not look at the other.",
		.bad = SSH("{\"action\": \"accept\", \"src\": [\"autogroup:member\"], \"dst\": "
			   "[\"tag:rec\"], \"users\": [\"web\"]}"),
		.good = SSH(ACCEPT("\"web\"", "")),
		.fix = "open port 22 for the same sources and destinations",
		.off = true},
};

const hj_rule *hj__ssh_advice(size_t *count)
{
	*count = RULE_COUNT;
	return rules;
}

/* -- accounts ------------------------------------------------------------------------------------ */

static bool is_nonroot(hj_slice text)
{
	return hj_slice_equal(text, HJ_SLICE("autogroup:nonroot"));
}

static void check_user(hj_lint_run *run, const hj_word *word)
{
	hj_selector user = hj_selector_parse(word->text);
	bool localpart = hj_slice_starts(user.text, HJ_SLICE("localpart:"));
	if (is_nonroot(user.text))
		return;
	switch (user.kind) {
	case HJ_SELECT_GROUP:
	case HJ_SELECT_SYNCED:
	case HJ_SELECT_TAG:
	case HJ_SELECT_AUTOGROUP:
	case HJ_SELECT_DOMAIN:
	case HJ_SELECT_IPSET:
	case HJ_SELECT_SERVICE:
		hj__advise(run, &rules[SELECTOR_USER], word->node,
			"\"%.*s\" is taken for the name of an account", HJ_SLICE_ARGS(user.text));
		break;
	case HJ_SELECT_LOCALPART: localpart = user.name.size == 0; break;
	case HJ_SELECT_TEMPLATE: localpart = false; break;
	default: break;
	}
	if (localpart)
		hj__advise(run, &rules[LITERAL_LOCALPART], word->node,
			"\"%.*s\" is taken for the name of an account", HJ_SLICE_ARGS(user.text));
}

static void check_users(hj_lint_run *run, const hj_ssh_rule *rule)
{
	const hj_words *users = &rule->users;
	uint32_t nonroot = 0;
	for (uint32_t i = 0; i < users->count && !nonroot; i++)
		if (is_nonroot(hj_trim(users->items[i].text)))
			nonroot = users->items[i].node;
	for (uint32_t i = 0; i < users->count; i++) {
		const hj_word *word = &users->items[i];
		hj_slice text = hj_trim(word->text);
		check_user(run, word);
		if (!nonroot || text.size == 0 || memchr(text.data, ':', text.size) ||
			hj_slice_equal(text, HJ_SLICE("root")) ||
			hj_slice_equal(text, HJ_SLICE("*")))
			continue;
		hj_finding *finding = hj__advise(run, &rules[COVERED_USER], word->node,
			"\"autogroup:nonroot\" includes \"%.*s\"", HJ_SLICE_ARGS(text));
		hj__point(run, finding, nonroot, "here");
		hj__remove_word(run, finding, users, i, true);
	}
}

/* -- fields of one rule -------------------------------------------------------------------------- */

static bool is_action(const hj_ssh_rule *rule, const char *action)
{
	return hj_slice_equal(hj_trim(rule->action.text), hj_slice_str(action));
}

static void check_period(hj_lint_run *run, const hj_ssh_rule *rule)
{
	static const int64_t second = 1000000000;
	const hj_word *period = &rule->check_period;
	int64_t length;
	hj_finding *finding;
	if (!period->node)
		return;
	if (is_action(rule, "accept")) {
		finding = hj__advise(run, &rules[PERIOD_ON_ACCEPT], period->node,
			"this rule does not check, so the period has no effect");
		hj__remove_member(run, finding, rule->node, period->node, true);
	} else if (hj_slice_equal(period->text, HJ_SLICE("always")))
		hj__advise(run, &rules[CHECK_ALWAYS], period->node,
			"every connection asks for a check");
	else if (!hj_duration_parse(period->text, &length))
		return;
	else if (length >= 0 && length < 60 * second) {
		finding = hj__advise(run, &rules[SHORT_PERIOD], period->node,
			"the documented minimum is one minute");
		hj__replace(run, finding, period->node, HJ_SLICE("1m"), false);
	} else if (length == 12 * 3600 * second) {
		finding = hj__advise(run, &rules[DEFAULT_PERIOD], period->node,
			"a check lasts 12 hours without this as well");
		hj__remove_member(run, finding, rule->node, period->node, true);
	}
}

static bool is_blocked(hj_slice name)
{
	if (hj_slice_starts(name, HJ_SLICE("LD_")) || hj_slice_starts(name, HJ_SLICE("DYLD_")) ||
		hj_slice_equal(name, HJ_SLICE("GOTRACEBACK")))
		return true;
	for (size_t i = 0; i < name.size; i++) {
		char byte = hj_fold(name.data[i]);
		if (!((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
			    memchr("_-*?", byte, 4)))
			return true;
	}
	return false;
}

static void check_environment(hj_lint_run *run, const hj_words *words)
{
	for (uint32_t i = 0; i < words->count; i++) {
		const hj_word *word = &words->items[i];
		hj_slice name = hj_trim(word->text);
		if (name.size == 0 || hj_is_template(name))
			continue;
		size_t stars = 0;
		while (stars < name.size && name.data[stars] == '*')
			stars++;
		if (stars == name.size)
			hj__advise(run, &rules[ENV_ALL], word->node,
				"every environment variable gets through");
		else if (is_blocked(name)) {
			hj_finding *finding = hj__advise(run, &rules[ENV_BLOCKED], word->node,
				"clients never forward \"%.*s\"", HJ_SLICE_ARGS(name));
			hj__remove_word(run, finding, words, i, true);
		}
	}
}

static void check_recorder(hj_lint_run *run, const hj_ssh_rule *rule)
{
	const hj_flag *enforce = &rule->enforce_recorder;
	if (enforce->node && enforce->value && rule->recorder.count == 0 &&
		hj_lack(run->policy, "ssh", rule->node, "recorder")) {
		hj_finding *finding = hj__advise(run, &rules[ENFORCE_NOTHING], enforce->node,
			"there is no \"recorder\" to enforce");
		hj__remove_member(run, finding, rule->node, enforce->node, true);
	}
	if (rule->recorder.count && !enforce->value)
		hj__advise(run, &rules[OPTIONAL_RECORDING], rule->recorder.node,
			"sessions go on when this recorder cannot be reached");
}

/* -- sources and destinations -------------------------------------------------------------------- */

static void check_pairs(hj_lint_run *run, const hj_ssh_rule *rule)
{
	const hj_words *src = &rule->src, *dst = &rule->dst;
	bool tagged = false, localpart = false;
	bool nobody = !src->count && hj_lack(run->policy, "ssh", rule->node, "src");
	if (nobody || (!dst->count && hj_lack(run->policy, "ssh", rule->node, "dst")))
		hj__advise(run, &rules[DEAD], rule->node, "this rule lets nobody in: it has no %s",
			nobody ? "\"src\"" : "\"dst\"");
	for (uint32_t i = 0; i < dst->count; i++)
		tagged = tagged || hj_slice_starts(hj_trim(dst->items[i].text), HJ_SLICE("tag:")) ||
			hj_slice_equal(hj_trim(dst->items[i].text), HJ_SLICE("autogroup:tagged"));
	for (uint32_t i = 0; i < rule->users.count; i++) {
		const hj_word *user = &rule->users.items[i];
		localpart = hj_slice_starts(hj_trim(user->text), HJ_SLICE("localpart:*@"));
		if (tagged && localpart)
			hj__advise(run, &rules[LOCALPART_REACH], user->node,
				"with this the rule reaches the sources' own devices too");
		if (tagged && is_nonroot(hj_trim(user->text)))
			hj__advise(run, &rules[NONROOT_ON_TAGS], user->node,
				"this is every account but root of tagged machines");
	}
	if (src->count == 1 && dst->count == 1 && hj__wants(run, &rules[PREFER_SELF]) &&
		hj_selector_parse(src->items[0].text).kind == HJ_SELECT_USER &&
		hj_slice_equal(hj_trim(src->items[0].text), hj_trim(dst->items[0].text))) {
		hj_finding *finding = hj__advise(run, &rules[PREFER_SELF], dst->items[0].node,
			"\"autogroup:self\" says it for everybody");
		hj__replace(run, finding, dst->items[0].node, HJ_SLICE("autogroup:self"), false);
	}
}

hj_status hj__check_ssh(hj_lint_run *run)
{
	const hj_ssh *ssh = &run->policy->ssh;
	if (!hj__advises(run) || ssh->count == 0)
		return HJ_OK;
	for (uint32_t i = 0; i < ssh->count; i++) {
		const hj_ssh_rule *rule = &ssh->items[i];
		check_pairs(run, rule);
		check_period(run, rule);
		check_environment(run, &rule->accept_env);
		check_recorder(run, rule);
		check_users(run, rule);
	}
	hj_status status = hj__check_ssh_together(run, &rules[OVERRIDDEN], &rules[NO_NETWORK]);
	return status ? status : run->findings->status;
}
