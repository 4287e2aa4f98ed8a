#include "policy/acceptance.h"
#include "policy/duration.h"
#include "policy/missing.h"

#include "base/fold.h"

#define SSH_PEOPLE (HJ_PEOPLE | HJ_ROLES | HJ_KIND(DOMAIN) | HJ_AUTO(MEMBER))
#define SSH_TAGS   (HJ_KIND(TAG) | HJ_AUTO(TAGGED))

static const hj_seat source_seat = {.rule = &hj__ssh_rows[H_SOURCE],
	.field = ".src",
	.noun = "the source of an SSH rule",
	.allowed = SSH_PEOPLE | SSH_TAGS};
static const hj_seat destination_seat = {.rule = &hj__ssh_rows[H_DESTINATION],
	.field = ".dst",
	.noun = "the destination of an SSH rule",
	.allowed = SSH_TAGS | HJ_AUTO(SELF) | HJ_KIND(USER),
	.unknown = HJ_KIND(DOMAIN)};
/* headscale lets autogroup:member stand for all devices of people (policy language 4.4, 15.9). */
static const hj_seat headscale_seat = {.rule = &hj__ssh_rows[H_DESTINATION],
	.field = ".dst",
	.noun = "the destination of an SSH rule",
	.allowed = SSH_TAGS | HJ_AUTO(SELF) | HJ_AUTO(MEMBER) | HJ_KIND(USER),
	.unknown = HJ_KIND(DOMAIN)};
static const hj_seat recorder_seat = {.rule = &hj__ssh_rows[H_RECORDER],
	.field = ".recorder",
	.noun = "a recorder",
	.allowed = HJ_KIND(TAG)};

/* -- action and users -------------------------------------------------------------------------- */

static bool is_check(const hj_ssh_rule *rule)
{
	return hj_slice_equal(hj_trim(rule->action.text), HJ_SLICE("check"));
}

static void check_action(hj_acceptance *run, const hj_ssh_rule *rule)
{
	const hj_rule *broken = &hj__ssh_rows[H_ACTION];
	hj_slice action = hj_trim(rule->action.text);
	if (hj_slice_equal(action, HJ_SLICE("accept")) || is_check(rule) || hj_is_template(action))
		return;
	if (action.size) {
		hj_finding *finding = hj__blame(run, broken, rule->action.node,
			hj_node_span(&run->nodes[rule->action.node]), ".action",
			"\"%.*s\" is no action of an SSH rule", HJ_SLICE_ARGS(action));
		bool deny = hj_slice_equal_folded(action, HJ_SLICE("deny"));
		hj__help(run, finding,
			deny ? "what no rule accepts is denied: leave the rule out"
			     : "write \"accept\" or \"check\", in lower case");
		hj__says(run, finding, "\"%.*s\" is not a valid action", HJ_WHOLE(action));
	} else if (rule->action.node || hj_lack(run->policy, "ssh", rule->node, "action")) {
		uint32_t node = rule->action.node ? rule->action.node : rule->node;
		hj_span span = rule->action.node ? hj_node_span(&run->nodes[node])
						 : hj__opening(run, node);
		hj_finding *finding = hj__blame(run, broken, node, span,
			rule->action.node ? ".action" : "", "the SSH rule has no action");
		hj__help(run, finding,
			"write \"action\": \"accept\", or \"check\" to have people log in "
			"again from time to time");
		hj__says(run, finding, "action must be specified");
	}
}

static void check_account(hj_acceptance *run, hj_word word)
{
	hj_slice account = hj_trim(word.text);
	hj_selector selector = hj_selector_parse(account);
	hj_span span = hj__part(run, word, account);
	if (account.size == 0 || selector.kind == HJ_SELECT_ALL) {
		hj_finding *finding = hj__blame(run, &hj__ssh_rows[H_USER], word.node, span,
			".users", "\"%.*s\" is no account", HJ_SLICE_ARGS(account));
		hj__help(run, finding,
			"name accounts, or write \"autogroup:nonroot\" for all but root");
		hj__says(run, finding, "user \"%.*s\" is not valid", HJ_WHOLE(account));
	}
	bool star = hj_slice_equal(selector.name, HJ_SLICE("*"));
	if (selector.kind != HJ_SELECT_LOCALPART || (!star && !hj__is_foreign(run, &selector)))
		return;
	hj_finding *finding = hj__blame(run, &hj__ssh_rows[H_DOMAIN], word.node,
		hj__part(run, word, selector.name), ".users",
		"\"%.*s\" is no domain of this tailnet", HJ_SLICE_ARGS(selector.name));
	/* In another letter case it may well be an account's name. */
	if (!hj_slice_starts(account, HJ_SLICE("localpart:")))
		hj__doubt(finding);
	hj__help(run, finding, "write the tailnet's own domain, in the same letter case");
	hj__says(run, finding,
		"%.*s is not associated with this Tailnet and cannot be used in user:*@<domain> "
		"expressions",
		HJ_WHOLE(selector.name));
}

static void check_users(hj_acceptance *run, const hj_ssh_rule *rule)
{
	for (uint32_t i = 0; i < rule->users.count; i++)
		check_account(run, rule->users.items[i]);
	uint32_t node = rule->users.count ? 0 : hj_lack(run->policy, "ssh", rule->node, "users");
	if (!node)
		return;
	bool empty = node != rule->node;
	hj_span span = empty ? hj_node_span(&run->nodes[node]) : hj__opening(run, node);
	hj_finding *finding = hj__blame(run, &hj__ssh_rows[H_NO_USERS], node, span,
		empty ? ".users" : "", "the SSH rule names no account");
	hj__help(run, finding,
		"say which accounts may be used: \"users\": [\"autogroup:nonroot\"], or names");
	hj__says(run, finding, "users must be specified");
}

/* -- who may go where (policy language 12.2) ----------------------------------------------------- */

/* What the sources of a rule are, together. */
typedef struct sources {
	uint64_t bits;
	hj_word tag;  /* the first tag or autogroup:tagged */
	hj_word user; /* the first user */
	bool several; /* not one and the same user alone */
} sources;

static sources check_sources(hj_acceptance *run, const hj_words *list)
{
	sources all = {0};
	hj_map_clear(&run->users);
	for (uint32_t i = 0; i < list->count; i++) {
		hj_word word = list->items[i];
		hj_selector source = hj__selector(run, word);
		uint64_t bit = hj__bit(&source);
		hj__seat(run, &source_seat, word, &source);
		all.bits |= bit;
		if (bit & SSH_TAGS && !all.tag.node)
			all.tag = word;
		if (source.kind != HJ_SELECT_USER ||
			(all.user.node &&
				!hj_slice_equal_folded(hj_trim(all.user.text), source.text)))
			all.several = true;
		else
			all.user = word;
		if (source.kind == HJ_SELECT_USER &&
			hj_map_put(&run->users, source.text, 0, NULL, NULL))
			run->ok = false;
		if (source.kind != HJ_SELECT_DOMAIN || !hj__is_foreign(run, &source))
			continue;
		hj_finding *finding = hj__blame(run, &hj__ssh_rows[H_DOMAIN], word.node,
			hj__part(run, word, source.name), ".src",
			"\"%.*s\" is no domain of this tailnet", HJ_SLICE_ARGS(source.name));
		hj__help(run, finding, "write the tailnet's own domain, in the same letter case");
		if (finding)
			finding->refusal =
				hj_refusal_in(run->policy, HJ_STAGE_SSH, HJ_STEP_SOURCE, word.node);
		hj__says(run, finding,
			"[ssh] %.*s is not associated with this Tailnet and cannot be used in "
			"user:*@<domain> expressions",
			HJ_WHOLE(source.name));
	}
	return all;
}

/*
 * People's own devices cannot be entered by tags. Where people are among the sources too, some pair
 * is good, and policies that are in force have such rules: whether the rest is refused or has no
 * effect is not known. The same below.
 */
static void check_own(hj_acceptance *run, const sources *from, hj_word to)
{
	if (!from->tag.node)
		return;
	hj_finding *finding = hj__blame(run, &hj__ssh_rows[H_TAG_TO_USER], to.node,
		hj__part(run, to, hj_trim(to.text)), ".dst",
		"tagged devices cannot enter devices of people");
	hj_finding_relate(run->findings, finding, hj__part(run, from->tag, hj_trim(from->tag.text)),
		"this source has a tag");
	hj__help(run, finding, "give the tags a rule of their own, with tags as destinations");
	if (from->bits & SSH_PEOPLE)
		hj__doubt(finding);
}

static void check_destination(hj_acceptance *run, const sources *from, hj_word word)
{
	hj_selector to = hj__selector(run, word);
	const hj_seat *seat = run->headscale ? &headscale_seat : &destination_seat;
	hj_finding *finding = hj__seat(run, seat, word, &to);
	if (finding && to.kind != HJ_SELECT_DOMAIN) {
		hj__help(run, finding,
			"write a tag, or \"autogroup:self\" for people's own devices");
		/* Policy language 12.2, for a wildcard and a port too. */
		if (hj__bit(&to) & (HJ_ADDRESSES | HJ_KIND(WORD) | HJ_KIND(ALL) | HJ_KIND(OTHER)))
			hj__says(run, finding, "invalid dst \"%.*s\"", HJ_WHOLE(to.text));
		else if (hj__bit(&to) & (HJ_KIND(GROUP) | HJ_KIND(SYNCED) | HJ_AUTO(MEMBER)))
			hj__says(run, finding, "users in dst are only allowed from the same user");
		return;
	}
	if (hj__bit(&to) & (HJ_AUTO(SELF) | HJ_AUTO(MEMBER)))
		check_own(run, from, word);
	if (to.kind != HJ_SELECT_USER || from->bits == 0 ||
		(!from->several && from->user.node &&
			hj_slice_equal_folded(hj_trim(from->user.text), to.text)))
		return;
	finding = hj__blame(run, &hj__ssh_rows[H_OTHER_USER], word.node,
		hj__part(run, word, to.text), ".dst",
		"\"%.*s\" can only be entered by the same user", HJ_SLICE_ARGS(to.text));
	hj__help(run, finding, "write \"autogroup:self\" to let people enter their own devices");
	if (hj_map_get(&run->users, to.text))
		hj__doubt(finding);
	else
		hj__says(run, finding, "users in dst are only allowed from the same user");
}

/* -- the rest ---------------------------------------------------------------------------------- */

static void check_period(hj_acceptance *run, const hj_ssh_rule *rule)
{
	const int64_t most = INT64_C(168) * 3600 * 1000000000;
	hj_slice text = hj_trim(rule->check_period.text);
	int64_t period;
	/* "" is read as none by the API's client; what the service does is not known. */
	if (rule->check_period.node == 0 || text.size == 0 || hj_is_template(text) ||
		hj_slice_equal(text, HJ_SLICE("always")))
		return;
	bool duration = hj_duration_parse(text, &period);
	uint32_t node = rule->check_period.node;
	if (duration && period >= 0 && period <= most) {
		if (text.size < rule->check_period.text.size)
			hj__doubt(hj__blame(run, &hj__ssh_rows[H_PERIOD], node,
				hj_node_span(&run->nodes[node]), ".checkPeriod",
				"it is not known whether the service strips blanks here"));
		return;
	}
	hj_finding *finding = hj__blame(run, &hj__ssh_rows[H_PERIOD], node,
		hj_node_span(&run->nodes[node]), ".checkPeriod",
		!duration            ? "\"%.*s\" is no duration"
			: period < 0 ? "\"%.*s\" is negative"
				     : "\"%.*s\" is longer than a week",
		HJ_SLICE_ARGS(text));
	hj__help(run, finding,
		"write hours, minutes and seconds, as in \"12h\" or \"1h30m\", at most \"168h\"; "
		"or \"always\"");
	hj_text_clear(&run->words);
	if (duration)
		hj_duration_append(&run->words, period);
	else
		hj_duration_fault(&run->words, text);
	hj__says(run, finding,
		!duration            ? "%.*s"
			: period < 0 ? "checkPeriod %.*s must be a positive duration"
				     : "checkPeriod %.*s is above the max (168h)",
		HJ_WHOLE(hj_text_slice(&run->words)));
}

static void check_environment(hj_acceptance *run, const hj_ssh_rule *rule)
{
	for (uint32_t i = 0; i < rule->accept_env.count; i++) {
		hj_word word = rule->accept_env.items[i];
		if (word.text.size)
			continue;
		hj_finding *finding = hj__blame(run, &hj__ssh_rows[H_ENV], word.node,
			hj_node_span(&run->nodes[word.node]), ".acceptEnv",
			"an empty text names no variable");
		hj__help(run, finding, "remove it");
		hj__says(run, finding, "acceptEnv values cannot be empty");
	}
}

static void check_recorder(hj_acceptance *run, const hj_words *recorder)
{
	for (uint32_t i = 0; i < recorder->count; i++) {
		hj_word word = recorder->items[i];
		hj_selector tag = hj__selector(run, word);
		hj__seat(run, &recorder_seat, word, &tag);
	}
	if (recorder->count < 2)
		return;
	hj_word second = recorder->items[1];
	hj_finding *finding = hj__blame(run, &hj__ssh_rows[H_RECORDER], second.node,
		hj_node_span(&run->nodes[second.node]), ".recorder",
		"sessions are recorded by the devices of one tag");
	hj__help(run, finding, "give all recorders the same tag");
}

void hj__accept_ssh(hj_acceptance *run)
{
	run->stage = HJ_STAGE_SSH;
	for (uint32_t i = 0; i < run->policy->ssh.count; i++) {
		const hj_ssh_rule *rule = &run->policy->ssh.items[i];
		hj__at_entry(run, "ssh", i);
		check_action(run, rule);
		sources from = check_sources(run, &rule->src);
		for (uint32_t k = 0; k < rule->dst.count; k++)
			check_destination(run, &from, rule->dst.items[k]);
		if (from.tag.node && is_check(rule)) {
			hj_finding *finding = hj__blame(run, &hj__ssh_rows[H_TAG_CHECK],
				from.tag.node, hj__part(run, from.tag, hj_trim(from.tag.text)),
				".src", "nobody can answer the check of a tagged device");
			hj__help(run, finding,
				"write \"action\": \"accept\" for tags, in a rule of their own");
			if (from.bits & SSH_PEOPLE)
				hj__doubt(finding);
		}
		check_users(run, rule);
		check_period(run, rule);
		check_environment(run, rule);
		check_recorder(run, &rule->recorder);
	}
}
