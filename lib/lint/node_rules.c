#include "base/suggest.h"
#include "lint/advice.h"
#include "policy/missing.h"
#include "policy/selector.h"

enum {
	MISSPELT,
	UNKNOWN,
	INTERNAL,
	INEFFECTIVE,
	CONFLICT,
	REPEATED,
	NO_EFFECT,
	BROAD_MULLVAD,
	RULE_COUNT
};

#define ATTR(target, attr)                                                                         \
	"{\n\t\"nodeAttrs\": [{\"target\": [" target "], \"attr\": [" attr "]}],\n}\n"

static const hj_rule rules[RULE_COUNT] = {
	[MISSPELT] = {.code = "N050",
		.name = "misspelt-node-attribute",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a node attribute differs from a known one by a few letters",
		.why = "The service takes any text as an attribute and hands it to the devices, "
		       "which ignore what they do not know. A slip is silent.",
		.bad = ATTR("\"autogroup:admin\"", "\"drive:shares\""),
		.good = ATTR("\"autogroup:admin\"", "\"drive:share\""),
		.fix = "correct the attribute's name"},
	[UNKNOWN] = {.code = "N051",
		.name = "unknown-node-attribute",
		.severity = HJ_INFO_LEVEL,
		.summary = "a node attribute that no client is known to read",
		.why = "Devices ignore attributes that they do not know. It may be new, or made "
		       "for "
		       "you by Tailscale's support; else it has no effect.",
		.bad = ATTR("\"autogroup:admin\"", "\"quantum-tunnel\""),
		.good = ATTR("\"autogroup:admin\"", "\"funnel\""),
		.fix = "check the name"},
	[INTERNAL] = {.code = "N052",
		.name = "internal-node-attribute",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a node attribute that the service sets by itself",
		.why = "It tells a device what the service has decided, or is for debugging "
		       "clients. Nothing guards it in a policy, and what it does there is not "
		       "documented.",
		.bad = ATTR("\"autogroup:admin\"", "\"https://tailscale.com/cap/is-admin\""),
		.good = ATTR("\"autogroup:admin\"", "\"funnel\""),
		.fix = "remove it"},
	[INEFFECTIVE] = {.code = "N053",
		.name = "ineffective-node-attribute",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a node attribute without effect",
		.why = "Current clients do not look at it.",
		.bad = ATTR(
			"\"autogroup:admin\"", "\"funnel\", \"disable-magicsock-crypto-routing\""),
		.good = ATTR("\"autogroup:admin\"", "\"funnel\""),
		.fix = "remove it"},
	[CONFLICT] = {.code = "N054",
		.name = "node-attribute-conflict",
		.severity = HJ_WARNING_LEVEL,
		.summary = "two node attributes of one target exclude each other",
		.why = "A device has one NextDNS profile, one way of routing and one firewall. The "
		       "service hands both attributes out, and which one wins is not defined.",
		.bad = ATTR("\"autogroup:member\"", "\"nextdns:abc123\", \"nextdns:def456\""),
		.good = ATTR("\"autogroup:member\"", "\"nextdns:abc123\""),
		.fix = "keep one of them, or aim them at different targets"},
	[REPEATED] = {.code = "N055",
		.name = "repeated-node-attribute",
		.severity = HJ_INFO_LEVEL,
		.summary = "two entries give one target the same attribute",
		.why = "Attributes of all entries add up. Whoever takes the attribute away in one "
		       "entry finds it still there.",
		.bad = "{\n\t\"nodeAttrs\": [\n\t\t{\"target\": [\"autogroup:member\"], \"attr\": "
		       "[\"drive:share\", \"drive:access\"]},\n\t\t{\"target\": "
		       "[\"autogroup:member\"], \"attr\": [\"drive:share\", "
		       "\"randomize-client-port\"]},\n\t],\n}\n",
		.good = "{\n\t\"nodeAttrs\": [\n\t\t{\"target\": [\"autogroup:member\"], \"attr\": "
			"[\"drive:share\", \"drive:access\"]},\n\t\t{\"target\": "
			"[\"autogroup:member\"], \"attr\": [\"randomize-client-port\"]},\n"
			"\t],\n}\n",
		.fix = "take it out of one of the entries"},
	[NO_EFFECT] = {.code = "N056",
		.name = "idle-node-entry",
		.severity = HJ_INFO_LEVEL,
		.summary = "an entry of \"nodeAttrs\" gives nothing, or gives it to nobody",
		.why = "Without a target, or without \"attr\", \"app\" and \"ipPool\", the service "
		       "takes the entry and nothing happens.",
		.bad = ATTR("", "\"funnel\""),
		.good = ATTR("\"autogroup:admin\"", "\"funnel\""),
		.fix = "say who gets what, or remove the entry"},
	[BROAD_MULLVAD] = {.code = "N057",
		.name = "broad-mullvad",
		.severity = HJ_INFO_LEVEL,
		.summary = "Mullvad exit nodes for everybody",
		.why = "Each device that uses Mullvad takes one of the places that were paid for. "
		       "Given to everybody, the first devices take them all.",
		.bad = ATTR("\"autogroup:member\"", "\"mullvad\""),
		.good = ATTR("\"ann@example.com\"", "\"mullvad\""),
		.fix = "name the devices or users"},
};

const hj_rule *hj__node_advice(size_t *count)
{
	*count = RULE_COUNT;
	return rules;
}

/* Attributes that policies may set; what follows a "?" or stands after "nextdns:" is theirs. */
static const char *const known[] = {"funnel", "drive:share", "drive:access", "mullvad",
	"randomize-client-port", "disable-ipv4", "disable-linux-cgnat-drop-rule", "magicdns-aaaa",
	"disable-captive-portal-detection", "suggest-exit-node", "auto-exit-node",
	"disable-relay-server", "disable-relay-client", "only-tcp-443", "disable-web-client",
	"log-exit-flows", "one-cgnat", "linux-netfilter", "dns-subdomain-resolve",
	"ssh-behavior-v1", "ssh-behavior-v2", "traffic-steering", "cache-network-maps",
	"disable-cache-network-maps", "tailscale.com/cap/file-sharing",
	"https://tailscale.com/cap/file-sharing", "silent-disco", "peer-mtu-enable",
	"probe-udp-lifetime", "dns-forwarder-disable-tcp-retries", "user-dial-routes",
	"store-appc-routes", "suggest-exit-node-ui", "disable-delta-updates",
	"disable-split-dns-when-no-custom-resolvers", "scope-quad100-macos",
	"disable-local-dns-override-via-nrpt", "disable-hosts-file-updates",
	"force-register-magicdns-ipv4-only", "disable-skip-status-queue",
	"disable-android-bind-to-active-network", "client-side-reachability",
	"client-side-reachability-routecheck", "emit-runtime-metrics", "disable-udp-gro",
	"disable-udp-gso", "disable-tun-udp-gro", "disable-tun-tcp-gro", "never-gso-equal-tail",
	"nextdns:no-device-info"};
static const char *const open_prefixes[] = {"nextdns:", "controld:", "custom:"};

static const char *const internal[] = {"default-auto-update", "ssh-env-vars", "ssh-aggregator",
	"service-host", "tailnet.maxKeyDuration", "native-ipv4", "tailnet-display-name", "https"};
static const char *const internal_prefixes[] = {
	"https://tailscale.com/cap/", "services/", "debug-"};

static const char *const ineffective[] = {"disable-magicsock-crypto-routing",
	"https://tailscale.com/cap/warn-funnel-no-invite",
	"https://tailscale.com/cap/warn-funnel-no-https", "tailscale.com/cap/funnel"};

static bool is_listed(hj_slice name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (hj_slice_equal(name, hj_slice_str(list[i])))
			return true;
	return false;
}

static bool begins(hj_slice name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (hj_slice_starts(name, hj_slice_str(list[i])))
			return true;
	return false;
}

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* An attribute without its parameters. */
static hj_slice base_of(hj_slice attr)
{
	const char *mark = attr.size ? memchr(attr.data, '?', attr.size) : NULL;
	return hj_slice_of(attr.data, mark ? (size_t)(mark - attr.data) : attr.size);
}

/* Misspelt names are looked at so many times; then they are only unknown. */
enum { MOST_GUESSES = 1000 };

typedef struct node_check {
	hj_lint_run *run;
	hj_arena arena;
	hj__seen given; /* target and attribute, or target and what excludes others */
	size_t guesses;
	uint32_t entry;
	hj_status status;
} node_check;

static void report_unknown(node_check *check, const hj_word *word, hj_slice name)
{
	hj_lint_run *run = check->run;
	hj_suggest suggest;
	hj_suggest_begin(&suggest, name);
	if (check->guesses++ < MOST_GUESSES)
		for (size_t i = 0; i < COUNT(known); i++)
			hj_suggest_offer(&suggest, hj_slice_str(known[i]));
	/* A third of the letters is much for words that are put together from few others. */
	if (suggest.best.size && suggest.distance <= 3) {
		hj_finding *finding = hj__advise(run, &rules[MISSPELT], word->node,
			"clients know no attribute \"%.*s\"", HJ_SLICE_ARGS(name));
		hj_finding_help(run->findings, finding, "did you mean \"%.*s\"?",
			HJ_SLICE_ARGS(suggest.best));
		hj__replace_part(run, finding, word->node, name, suggest.best, false);
	} else
		hj__advise(run, &rules[UNKNOWN], word->node, "no client is known to read \"%.*s\"",
			HJ_SLICE_ARGS(name));
}

static void check_name(node_check *check, const hj_words *attr, uint32_t index)
{
	hj_lint_run *run = check->run;
	const hj_word *word = &attr->items[index];
	hj_slice text = hj_trim(word->text), name = base_of(text);
	if (name.size == 0 || hj_is_template(text))
		return;
	if (is_listed(name, ineffective, COUNT(ineffective))) {
		hj_finding *finding = hj__advise(run, &rules[INEFFECTIVE], word->node,
			"\"%.*s\" has no effect", HJ_SLICE_ARGS(text));
		/* None that is known: devices would no longer be sent it. */
		hj__remove_word(run, finding, attr, index, false);
		return;
	}
	if (is_listed(name, known, COUNT(known)) ||
		begins(name, open_prefixes, COUNT(open_prefixes)))
		return;
	if (is_listed(name, internal, COUNT(internal)) ||
		begins(name, internal_prefixes, COUNT(internal_prefixes))) {
		hj_finding *finding = hj__advise(run, &rules[INTERNAL], word->node,
			"\"%.*s\" is for the service to set", HJ_SLICE_ARGS(text));
		hj__remove_word(run, finding, attr, index, false);
		return;
	}
	report_unknown(check, word, name);
}

/* What an attribute decides, of which a device can have one only; size 0: nothing like that. */
static hj_slice decision_of(hj_slice attr)
{
	if (hj_slice_starts(attr, HJ_SLICE("nextdns:")) &&
		!hj_slice_equal(attr, HJ_SLICE("nextdns:no-device-info")) &&
		base_of(attr).size == attr.size)
		return HJ_SLICE("nextdns:");
	if (hj_slice_starts(attr, HJ_SLICE("one-cgnat?")) ||
		hj_slice_starts(attr, HJ_SLICE("linux-netfilter?")))
		return base_of(attr);
	if (hj_slice_equal(attr, HJ_SLICE("cache-network-maps")) ||
		hj_slice_equal(attr, HJ_SLICE("disable-cache-network-maps")))
		return HJ_SLICE("cache-network-maps");
	return HJ_SLICE("");
}

static hj_slice pair_of(node_check *check, hj_slice target, char kind, hj_slice attr)
{
	size_t size = target.size + attr.size + 1;
	char *text = hj_arena_alloc(&check->arena, size);
	if (!text) {
		check->status = HJ_NO_MEMORY;
		return HJ_SLICE("");
	}
	memcpy(text, target.data ? target.data : "", target.size);
	text[target.size] = kind;
	memcpy(text + target.size + 1, attr.data, attr.size);
	return hj_slice_of(text, size);
}

/* One target's attribute. True when something was said of it. */
static bool meet(node_check *check, hj_slice target, const hj_words *attr, uint32_t index)
{
	hj_lint_run *run = check->run;
	const hj_word *word = &attr->items[index];
	hj_slice text = hj_trim(word->text), decision = decision_of(text);
	hj__meeting before = {0}, now = {check->entry, word->node, index};
	hj_slice key = pair_of(check, target, '\n', text);
	if (!check->status)
		check->status = hj__seen_put(&check->given, key, now, &before);
	if (check->status)
		return true;
	if (before.list && before.list != check->entry) {
		hj_finding *finding = hj__advise(run, &rules[REPEATED], word->node,
			"\"%.*s\" has \"%.*s\" already", HJ_SLICE_ARGS(target),
			HJ_SLICE_ARGS(text));
		hj__point(run, finding, before.node, "it is given here");
		return true;
	}
	if (before.list || decision.size == 0)
		return false;
	key = pair_of(check, target, '\r', decision);
	if (!check->status)
		check->status = hj__seen_put(&check->given, key, now, &before);
	if (check->status || !before.list)
		return check->status;
	hj_finding *finding = hj__advise(run, &rules[CONFLICT], word->node,
		"\"%.*s\" has another attribute that excludes this one", HJ_SLICE_ARGS(target));
	hj__point(run, finding, before.node, "the other one");
	return true;
}

/* Combinations of targets and attributes that are looked at in one entry. */
enum { MOST_COMBINATIONS = 256 };

static void check_given(node_check *check, const hj_node_attr *entry)
{
	size_t left = MOST_COMBINATIONS;
	for (uint32_t i = 0; i < entry->attr.count; i++)
		for (uint32_t k = 0; k < entry->target.count && left; k++, left--)
			if (meet(check, hj_trim(entry->target.items[k].text), &entry->attr, i))
				break;
}

static bool lacks(const hj_lint_run *run, const hj_node_attr *entry, const char *field)
{
	return hj_lack(run->policy, "nodeAttrs", entry->node, field);
}

static void check_entry(node_check *check, uint32_t previous, const hj_node_attr *entry)
{
	hj_lint_run *run = check->run;
	bool broad = false;
	/* Without "target" at all a field is missing, which has been said. */
	bool nobody = hj__is_empty(run, entry->target.node);
	bool nothing = !entry->attr.count && !entry->app.node && !entry->ip_pool.count &&
		entry->target.node && lacks(run, entry, "attr") && lacks(run, entry, "app") &&
		lacks(run, entry, "ipPool");
	if (nobody || nothing) {
		hj_finding *finding = hj__advise(run, &rules[NO_EFFECT], entry->node,
			nobody ? "this entry is for nobody" : "this entry gives nothing");
		hj__remove_element(
			run, finding, run->policy->node_attrs.node, previous, entry->node, false);
	}
	for (uint32_t i = 0; i < entry->target.count; i++) {
		hj_slice target = hj_trim(entry->target.items[i].text);
		broad = broad || hj_slice_equal(target, HJ_SLICE("*")) ||
			hj_slice_equal(target, HJ_SLICE("autogroup:member"));
	}
	for (uint32_t i = 0; i < entry->attr.count; i++) {
		check_name(check, &entry->attr, i);
		if (broad &&
			hj_slice_equal(hj_trim(entry->attr.items[i].text), HJ_SLICE("mullvad")))
			hj__advise(run, &rules[BROAD_MULLVAD], entry->attr.items[i].node,
				"everybody may take one of the Mullvad places");
	}
	check_given(check, entry);
}

hj_status hj__check_nodes(hj_lint_run *run)
{
	const hj_node_attrs *entries = &run->policy->node_attrs;
	if (!hj__advises(run) || entries->count == 0)
		return HJ_OK;
	node_check check = {.run = run};
	hj_arena_init(&check.arena, run->allocator);
	hj__seen_init(&check.given, run->allocator);
	for (uint32_t i = 0; i < entries->count && !check.status; i++) {
		check.entry = i + 1;
		check_entry(&check, i ? entries->items[i - 1].node : 0, &entries->items[i]);
	}
	hj__seen_free(&check.given);
	hj_arena_free(&check.arena);
	return check.status ? check.status : run->findings->status;
}
