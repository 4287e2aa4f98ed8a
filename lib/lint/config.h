/*
 * The configuration file, .hujsonrc: which rules, how severe, and what the documents themselves
 * cannot say. It is HuJSON:
 *
 *     {
 *       "select":     ["default", "todo-comment"],      // names, codes, R, "all", "default"
 *       "ignore":     ["missing-section"],
 *       "severity":   {"R": "warning", "D001": "off"},  // or "error", "info"
 *       "fail-level": "warning",
 *       "patterns":   {"tag": "[a-z]+(-[a-z]+)*"},      // PCRE2, for whole names without their prefix;
 *                                                       // also group, host, ipset, posture
 *       "external":   {"groups": ["group:staff"]},      // known, though defined elsewhere: also users,
 *                                                       // domains, tags, hosts, ipsets, postures
 *       "tailnet":    "example.com",
 *       "dialect":    "tailscale",                      // or "headscale"
 *       "fragment":   "auto",                           // or true, false
 *       "extensions": [".acl.json"],                    // what walks through folders take too
 *       "per-file":   [{"files": ["parts/"], "fragment": true, "ignore": ["R006"]}],
 *     }
 *
 * An entry of "per-file" may hold select, ignore, severity, tailnet, dialect and fragment, and
 * beats what is said for all; a later one beats an earlier one. Its globs are relative to the
 * configuration's folder: * and ? stop at a slash, ** does not, a trailing slash stands for all in
 * a folder, and a glob without a slash fits a file's name in any folder.
 *
 * Within one part, `select` comes first, then `severity` (naming one rule selects it, "off" ignores
 * it), then `ignore`. "patterns" selects name-convention, as if "select" of the whole had it.
 */
#ifndef HJ_LINT_CONFIG_H
#define HJ_LINT_CONFIG_H

#include "lint/lint.h"

#define HJ_CONFIG_NAME ".hujsonrc"
#define HJ_NO_OFFSET   UINT32_MAX /* nothing in the configuration says so */

/* Settings with one value. */
typedef enum hj_config_value_of {
	HJ_CONFIG_FAIL_LEVEL,
	HJ_CONFIG_TAILNET,
	HJ_CONFIG_DIALECT,
	HJ_CONFIG_FRAGMENT,
	HJ_CONFIG_VALUES
} hj_config_value_of;

typedef enum hj_config_pattern_of {
	HJ_CONFIG_TAG,
	HJ_CONFIG_GROUP,
	HJ_CONFIG_HOST,
	HJ_CONFIG_IPSET,
	HJ_CONFIG_POSTURE,
	HJ_CONFIG_PATTERNS
} hj_config_pattern_of;

/* A value and where it stands; data is NULL when it is not given. "true" for true. */
typedef struct hj_config_value {
	hj_slice text;
	uint32_t offset;
} hj_config_value;

typedef enum hj_config_verb {
	HJ_CONFIG_SELECT,
	HJ_CONFIG_SEVERITY,
	HJ_CONFIG_IGNORE
} hj_config_verb;

/* One word of select, severity or ignore. */
typedef struct hj_config_choice {
	hj_config_verb verb;
	hj_slice word;
	unsigned char severity; /* an hj_severity, or HJ_OWN_SEVERITY for "off" */
	uint32_t offset;
} hj_config_choice;

/* What the file says for all documents, or for those that globs fit. */
typedef struct hj_config_part {
	struct hj_config_part *next; /* in the order of the file */
	hj_slice *globs;
	size_t glob_count;
	hj_config_choice *choices; /* in the order of the file */
	size_t choice_count;
	size_t choice_capacity;
	uint32_t select_offset; /* of "select", or HJ_NO_OFFSET */
	hj_config_value values[HJ_CONFIG_VALUES];
} hj_config_part;

typedef struct hj_config {
	hj_config_part all; /* its next is the first of "per-file" */
	hj_config_value patterns[HJ_CONFIG_PATTERNS];
	hj_map known; /* as hj_lint_options has it */
	hj_config_value *extensions;
	size_t extension_count;
	hj_arena arena;
} hj_config;

/*
 * Can a pattern be compiled? False: appends why to a text and says at which byte of the pattern.
 */
typedef bool (*hj_pattern_check)(void *context, hj_slice pattern, hj_text *why, size_t *offset);

/*
 * Reads a configuration. What is wrong with it becomes findings of the document: syntax errors
 * and names that stand twice, unknown settings, values that cannot be, rules that do not exist,
 * patterns that `check` (NULL: none) refuses. What is right is read all the same. The document
 * must outlive the configuration. HJ_NO_MEMORY only, with nothing to free.
 */
HJ_API hj_status hj_config_read(const hj_document *document, hj_pattern_check check, void *context,
	hj_findings *findings, hj_config *out);
HJ_API void hj_config_free(hj_config *config);

/* What holds for one rule. */
typedef struct hj_rule_setting {
	bool on;
	unsigned char severity; /* an hj_severity, or HJ_OWN_SEVERITY */
	uint32_t offset;        /* of what says so, or HJ_NO_OFFSET */
} hj_rule_setting;

/*
 * What holds for a document at a path relative to the configuration's folder: fills one setting a
 * rule, by index in the registry, and the values. config may be NULL: nothing is configured.
 */
HJ_API void hj_config_settle(const hj_config *config, hj_slice path, hj_rule_setting *rules,
	hj_config_value values[HJ_CONFIG_VALUES]);

/* Does a glob of "per-file" fit a path? Time is the product of the two sizes at most. */
HJ_API bool hj_glob_fits(hj_slice glob, hj_slice path);

#endif
