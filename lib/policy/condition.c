#include "policy/condition.h"

#include "base/fold.h"

static hj_slice cut(hj_slice text, size_t from, size_t to)
{
	return from == to ? HJ_SLICE("") : hj_slice_of(text.data + from, to - from);
}

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
	byte = hj_fold(byte);
	return byte >= 'a' && byte <= 'z';
}

/* -- the grammar (policy language 7.1) ----------------------------------------------------------- */

typedef struct reader {
	hj_slice text;
	size_t at;
	const char *what; /* the first fault, or NULL */
} reader;

static bool fail(reader *r, const char *what)
{
	r->what = what;
	return false;
}

/* The byte at hand; NUL at the end. */
static char peek(const reader *r)
{
	return r->at < r->text.size ? r->text.data[r->at] : '\0';
}

static bool is_at_end(const reader *r)
{
	return r->at == r->text.size;
}

static void skip_blanks(reader *r)
{
	while (!is_at_end(r) && is_blank(r->text.data[r->at]))
		r->at++;
}

/* Up to a blank or one of the marks that may follow without a blank. */
static hj_slice read_word(reader *r, const char *marks)
{
	size_t start = r->at;
	for (; !is_at_end(r); r->at++) {
		char byte = r->text.data[r->at];
		if (is_blank(byte) || (byte && strchr(marks, byte)))
			break;
	}
	return cut(r->text, start, r->at);
}

/* A keyword in any case; what is no letter ends it. Leaves the reader where it was otherwise. */
static bool skip_keyword(reader *r, hj_slice keyword)
{
	size_t end = r->at;
	while (end < r->text.size && is_letter(r->text.data[end]))
		end++;
	if (!hj_slice_equal_folded(cut(r->text, r->at, end), keyword))
		return false;
	r->at = end;
	skip_blanks(r);
	return true;
}

/* namespace:key, where keys may have further colons, and no part is empty. */
static bool read_attribute(reader *r, hj_slice *out)
{
	size_t start = r->at, colons = 0;
	*out = read_word(r, "=!<>'\"[],()");
	for (size_t i = 0; i < out->size; i++) {
		if (out->data[i] != ':')
			continue;
		colons++;
		if (i == 0 || i + 1 == out->size || out->data[i + 1] == ':')
			colons = out->size + 1;
	}
	if (out->size > 0 && colons > 0 && colons < out->size)
		return true;
	r->at = start;
	return fail(r,
		out->size ? "expected an attribute with its namespace, such as node:os"
			  : "expected an attribute, such as node:os");
}

/* -?digits[.digits] */
static bool is_number(hj_slice word)
{
	size_t at = word.size > 0 && word.data[0] == '-', digits = 0;
	bool point = false;
	for (; at < word.size; at++) {
		if (is_digit(word.data[at])) {
			digits++;
		} else if (word.data[at] == '.' && digits && !point) {
			point = true;
			digits = 0;
		} else {
			return false;
		}
	}
	return digits > 0;
}

/* Whether escapes exist in strings is unknown, so the next quote ends one. */
static bool read_value(reader *r, hj_value_type *type, hj_slice *out)
{
	size_t start = r->at;
	if (peek(r) == '\'') {
		hj_slice rest = cut(r->text, start + 1, r->text.size);
		const char *end = rest.size ? memchr(rest.data, '\'', rest.size) : NULL;
		if (!end)
			return fail(r, "the string has no closing quote");
		*type = HJ_VALUE_STRING;
		*out = cut(rest, 0, (size_t)(end - rest.data));
		r->at = start + out->size + 2;
		return true;
	}
	if (peek(r) == '"')
		return fail(r, "strings stand in single quotes");
	*out = read_word(r, "=!<>'\"[],()");
	if (is_number(*out)) {
		*type = HJ_VALUE_NUMBER;
		return true;
	}
	if (hj_slice_equal_folded(*out, HJ_SLICE("true")) ||
		hj_slice_equal_folded(*out, HJ_SLICE("false"))) {
		*type = HJ_VALUE_BOOLEAN;
		return true;
	}
	r->at = start;
	return fail(r,
		out->size == 0                 ? "expected a value"
			: is_digit(*out->data) ? "versions stand in single quotes"
					       : "strings stand in single quotes");
}

/* '[' value { ',' value } ']'; *out is what stands between the brackets. */
static bool read_list(reader *r, hj_slice *out)
{
	if (peek(r) != '[')
		return fail(r, "expected a list in brackets");
	size_t start = ++r->at;
	hj_value_type type;
	hj_slice value;
	for (;;) {
		skip_blanks(r);
		if (!read_value(r, &type, &value))
			return false;
		skip_blanks(r);
		if (peek(r) != ',')
			break;
		r->at++;
	}
	if (peek(r) != ']')
		return fail(r, "expected a comma or the closing bracket");
	*out = cut(r->text, start, r->at++);
	return true;
}

static bool read_comparison(reader *r, hj_condition *out)
{
	static const struct {
		const char *mark;
		hj_operator operation;
	} marks[] = {
		{"==", HJ_EQUAL},
		{"!=", HJ_NOT_EQUAL},
		{"<=", HJ_AT_MOST}, /* before its own beginning */
		{">=", HJ_AT_LEAST},
		{"<", HJ_LESS},
		{">", HJ_MORE},
	};
	hj_slice rest = cut(r->text, r->at, r->text.size);
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		hj_slice mark = hj_slice_str(marks[i].mark);
		if (!hj_slice_starts(rest, mark))
			continue;
		r->at += mark.size;
		skip_blanks(r);
		size_t start = r->at;
		hj_value_type type;
		hj_slice value;
		if (!read_value(r, &type, &value))
			return false;
		out->operation = marks[i].operation;
		out->values = cut(r->text, start, r->at);
		return true;
	}
	return fail(
		r, peek(r) == '=' ? "equality is written ==" : "expected an operator or the end");
}

static bool read_test(reader *r, hj_condition *out)
{
	if (is_at_end(r)) {
		out->operation = HJ_IS_TRUE;
		return true;
	}
	bool negated = skip_keyword(r, HJ_SLICE("not"));
	if (skip_keyword(r, HJ_SLICE("in"))) {
		out->operation = negated ? HJ_NOT_IN : HJ_IN;
		return read_list(r, &out->values);
	}
	if (negated || skip_keyword(r, HJ_SLICE("is"))) {
		out->operation = negated ? HJ_NOT_SET : HJ_IS_SET;
		if (skip_keyword(r, HJ_SLICE("set")))
			return true;
		return fail(r, negated ? "expected IN or SET" : "expected SET");
	}
	return read_comparison(r, out);
}

bool hj_condition_parse(hj_slice text, hj_condition *out, size_t *at, const char **what)
{
	reader r = {.text = text};
	hj_condition condition = {.operation = HJ_IS_TRUE};
	skip_blanks(&r);
	bool ok = read_attribute(&r, &condition.attribute);
	skip_blanks(&r);
	ok = ok && read_test(&r, &condition);
	if (ok) {
		skip_blanks(&r);
		ok = is_at_end(&r) || fail(&r, "expected the end of the condition");
	}
	if (ok) {
		*out = condition;
	} else {
		*at = r.at;
		*what = r.what;
	}
	return ok;
}

bool hj_condition_value(hj_slice *rest, hj_value_type *type, hj_slice *value)
{
	reader r = {.text = *rest};
	skip_blanks(&r);
	if (peek(&r) == ',') {
		r.at++;
		skip_blanks(&r);
	}
	if (!read_value(&r, type, value))
		return false;
	*rest = cut(r.text, r.at, r.text.size);
	return true;
}

/* -- attributes (policy language 7.5) ------------------------------------------------------------ */

static const hj_attribute attributes[] = {
	{"node:os", HJ_VALUE_STRING, "macos|windows|linux|ios|android|freebsd|openbsd|illumos|js"},
	{"node:osVersion", HJ_VALUE_VERSION, NULL},
	{"node:tsVersion", HJ_VALUE_VERSION, NULL},
	{"node:tsAutoUpdate", HJ_VALUE_BOOLEAN, NULL},
	{"node:tsReleaseTrack", HJ_VALUE_STRING, "stable|unstable"},
	{"node:tsStateEncrypted", HJ_VALUE_BOOLEAN, NULL},
	{"ip:country", HJ_VALUE_STRING, NULL},
	{"falcon:ztaScore", HJ_VALUE_NUMBER, NULL},
	{"sentinelOne:operationalState", HJ_VALUE_STRING, NULL},
	{"sentinelOne:activeThreats", HJ_VALUE_NUMBER, NULL},
	{"sentinelOne:agentVersion", HJ_VALUE_VERSION, NULL},
	{"sentinelOne:encryptedApplications", HJ_VALUE_BOOLEAN, NULL},
	{"sentinelOne:firewallEnabled", HJ_VALUE_BOOLEAN, NULL},
	{"sentinelOne:infected", HJ_VALUE_BOOLEAN, NULL},
	{"intune:complianceState", HJ_VALUE_STRING,
		"unknown|compliant|noncompliant|conflict|error|inGracePeriod|configManager"},
	{"intune:deviceRegistrationState", HJ_VALUE_STRING,
		"notRegistered|registered|revoked|keyConflict|approvalPending|certificateReset|"
		"notRegisteredPendingEnrollment|unknown"},
	{"intune:managedDeviceOwnerType", HJ_VALUE_STRING, "unknown|company|personal"},
	{"intune:azureADRegistered", HJ_VALUE_BOOLEAN, NULL},
	{"intune:isSupervised", HJ_VALUE_BOOLEAN, NULL},
	{"intune:isEncrypted", HJ_VALUE_BOOLEAN, NULL},
	{"jamfPro:remoteManaged", HJ_VALUE_BOOLEAN, NULL},
	{"jamfPro:supervised", HJ_VALUE_BOOLEAN, NULL},
	{"jamfPro:firewallEnabled", HJ_VALUE_BOOLEAN, NULL},
	{"jamfPro:fileVaultStatus", HJ_VALUE_STRING,
		"ALL_ENCRYPTED|SOME_ENCRYPTED|BOOT_ENCRYPTED|NOT_ENCRYPTED|NOT_APPLICABLE"},
	{"jamfPro:SIPEnabled", HJ_VALUE_STRING, "NOT_COLLECTED|NOT_AVAILABLE|DISABLED|ENABLED"},
	{"kandji:mdmEnabled", HJ_VALUE_BOOLEAN, NULL},
	{"kandji:agentInstalled", HJ_VALUE_BOOLEAN, NULL},
	{"kolide:authState", HJ_VALUE_STRING, "Good|Notified|Will Block|Blocked"},
	{"fleet:present", HJ_VALUE_BOOLEAN, NULL},
	{"fleetPolicy:", HJ_VALUE_BOOLEAN, NULL},
	{"huntress:defenderStatus", HJ_VALUE_STRING, "Incompatible|Unhealthy|Protected|Unmanaged"},
	{"huntress:defenderPolicyStatus", HJ_VALUE_STRING,
		"Unknown|Non Compliant|Compliant|Pending|Gpo Conflict"},
	{"huntress:firewallStatus", HJ_VALUE_STRING,
		"Disabled|Enabled|Pending Isolation|Isolated|Pending Release"},
	{"custom:", HJ_VALUE_NONE, NULL},
};
enum { ATTRIBUTES = sizeof attributes / sizeof *attributes };

const hj_attribute *hj_attributes(size_t *count)
{
	*count = ATTRIBUTES;
	return attributes;
}

const hj_attribute *hj_attribute_find(hj_slice name)
{
	for (size_t i = 0; i < ATTRIBUTES; i++) {
		hj_slice row = hj_slice_str(attributes[i].name);
		bool family = row.data[row.size - 1] == ':';
		if (family ? name.size > row.size && hj_slice_starts(name, row)
			   : hj_slice_equal(name, row))
			return &attributes[i];
	}
	return NULL;
}

bool hj_attribute_allows(const hj_attribute *attribute, hj_slice value)
{
	if (!attribute->values)
		return true;
	for (const char *at = attribute->values;;) {
		size_t size = strcspn(at, "|");
		if (hj_slice_equal(hj_slice_of(at, size), value))
			return true;
		if (!at[size])
			return false;
		at += size + 1;
	}
}

/* -- versions (policy language 7.3) -------------------------------------------------------------- */

/* The longest run of digits, or of other bytes, at *at. */
static hj_slice read_run(hj_slice text, size_t *at, bool digits)
{
	size_t start = *at;
	while (*at < text.size && is_digit(text.data[*at]) == digits)
		++*at;
	return cut(text, start, *at);
}

static int compare_bytes(hj_slice a, hj_slice b)
{
	size_t shorter = a.size < b.size ? a.size : b.size;
	int order = shorter ? memcmp(a.data, b.data, shorter) : 0;
	if (order == 0)
		return a.size < b.size ? -1 : a.size > b.size;
	return order < 0 ? -1 : 1;
}

static hj_slice without_zeros(hj_slice digits)
{
	size_t zeros = 0;
	while (zeros < digits.size && digits.data[zeros] == '0')
		zeros++;
	return cut(digits, zeros, digits.size);
}

/* Of any length, and none is zero. */
static int compare_numbers(hj_slice a, hj_slice b)
{
	a = without_zeros(a);
	b = without_zeros(b);
	if (a.size != b.size)
		return a.size < b.size ? -1 : 1;
	return compare_bytes(a, b);
}

int hj_version_compare(hj_slice a, hj_slice b)
{
	size_t at_a = 0, at_b = 0;
	int order = 0;
	while (order == 0 && (at_a < a.size || at_b < b.size)) {
		hj_slice other = read_run(a, &at_a, false);
		order = compare_bytes(other, read_run(b, &at_b, false));
		if (order == 0) {
			hj_slice number = read_run(a, &at_a, true);
			order = compare_numbers(number, read_run(b, &at_b, true));
		}
	}
	return order;
}
