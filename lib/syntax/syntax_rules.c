#include "syntax/syntax_rules.h"

/*
 * A code is never given to another rule. `bad` has exactly the rule's finding, and its edits, where
 * there are any, make `good` of it; `service` is what the service says to `bad`. Tests hold all of
 * that, and that the order is that of hj__syntax_rule.
 *
 * Examples are C strings: those with a NUL byte in them cannot stand here and are tested apart.
 */
static const hj_rule rules[] = {
	{
		.code = "S001",
		.name = "missing-comma",
		.severity = HJ_ERROR_LEVEL,
		.summary = "no comma between two members or elements",
		.why = "This is the mistake that is made most often, mostly when a line is "
		       "added after the last one. The service points at the next token, "
		       "which is on the following line; the comma belongs at the end of the "
		       "line before.",
		.bad = "{\n\t\"a\": 1\n\t\"b\": 2\n}\n",
		.good = "{\n\t\"a\": 1,\n\t\"b\": 2\n}\n",
		.fix = "add a comma after the value",
		.service = "hujson: line 3, column 2: invalid character '\"' after object value "
			   "(expecting ',' or '}')",
	},
	{
		.code = "S002",
		.name = "missing-colon",
		.severity = HJ_ERROR_LEVEL,
		.summary = "no colon between a name and its value",
		.why = "A member is a name, a colon and a value. Without the colon the "
		       "parser cannot tell a name from a value.",
		.bad = "{\"a\" 1}\n",
		.good = "{\"a\": 1}\n",
		.fix = "write a colon after the name",
		.service = "hujson: line 1, column 6: invalid character '1' after object name",
	},
	{
		.code = "S003",
		.name = "missing-value",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a name without a value",
		.why = "Every name in an object needs a value. A list of names alone is an "
		       "array and is written with [ and ].",
		.bad = "{\"a\": }\n",
		.good = "{\"a\": null}\n",
		.fix = "write the value, or null",
		.service = "hujson: line 1, column 7: invalid character '}' at start of value",
	},
	{
		.code = "S004",
		.name = "missing-name",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a value in an object without a name",
		.why = "Often an object was not closed before the next one began, so that "
		       "the next one stands inside it.",
		.bad = "{\"a\": 1, : 2}\n",
		.good = "{\"a\": 1, \"b\": 2}\n",
		.fix = "write a name before the value, or close the object earlier",
		.service = "hujson: line 1, column 10: invalid character ':' at start of value",
	},
	{
		.code = "S005",
		.name = "missing-quote",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a quote is missing at one end of a string",
		.why = "The service reads on to the next quote, wherever that is, and then "
		       "reports something far from the mistake. Here the string ends at the "
		       "end of its line.",
		.bad = "{\n\t\"a: 1,\n\t\"b\": 2\n}\n",
		.good = "{\n\t\"a\": 1,\n\t\"b\": 2\n}\n",
		.fix = "write the quote",
		.service = "hujson: line 2, column 2: invalid literal: \"a: 1,\012\011\"",
	},
	{
		.code = "S006",
		.name = "unterminated-string",
		.severity = HJ_ERROR_LEVEL,
		.summary = "the file ends inside a string",
		.why = "The closing quote is missing on the last line; perhaps the file was "
		       "cut off.",
		.bad = "[\"a",
		.good = "[\"a\"]\n",
		.fix = "write the closing quote and what is missing after it",
		.service = "hujson: line 1, column 4: parsing string: unexpected EOF",
	},
	{
		.code = "S007",
		.name = "single-quotes",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a string in single quotes",
		.why = "JSON5 and JavaScript allow them, JSON and HuJSON do not.",
		.bad = "{'a': 'b'}\n",
		.good = "{\"a\": \"b\"}\n",
		.fix = "write double quotes",
		.service = "hujson: line 1, column 2: invalid character '\\'' at start of value",
	},
	{
		.code = "S008",
		.name = "smart-quotes",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a string in typographic quotes",
		.why = "Word processors, chats and web pages replace plain quotes by curved "
		       "ones, and copying from them brings those along.",
		.bad = "{\"a\": \342\200\234b\342\200\235}\n",
		.good = "{\"a\": \"b\"}\n",
		.fix = "write plain double quotes",
		.service = "hujson: line 1, column 7: invalid character '\342\200\234' at start of "
			   "value",
	},
	{
		.code = "S009",
		.name = "backtick",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a string in backticks",
		.why = "Go and JavaScript write raw strings and templates so, JSON does not. "
		       "A single backtick is mostly left from a code block of a web page.",
		.bad = "{\"a\": `b`}\n",
		.good = "{\"a\": \"b\"}\n",
		.fix = "write double quotes",
		.service = "hujson: line 1, column 7: invalid character '`' at start of value",
	},
	{
		.code = "S010",
		.name = "unescaped-quote",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a quote inside a string without a backslash",
		.why = "A quote ends the string; one that belongs to the text is written "
		       "with a backslash before it.",
		.bad = "{\"a\": \"say \"hi\" now\"}\n",
		.good = "{\"a\": \"say \\\"hi\\\" now\"}\n",
		.fix = "write a backslash before it",
		.service = "hujson: line 1, column 13: invalid character 'h' after object value "
			   "(expecting ',' or '}')",
	},
	{
		.code = "S011",
		.name = "bad-escape",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a backslash followed by something that is no escape",
		.why = "After a backslash JSON allows one of \" \\ / b f n r t, or u and "
		       "four hexadecimal digits. A backslash that means itself is written "
		       "twice.",
		.bad = "{\"a\": \"\\d\"}\n",
		.good = "{\"a\": \"\\\\d\"}\n",
		.fix = "write the backslash twice",
		.service = "hujson: line 1, column 7: invalid literal: \"\\d\"",
	},
	{
		.code = "S012",
		.name = "control-character",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a line break, tab or other control character in a string",
		.why = "Strings end on the line where they begin. Control characters are "
		       "written as escapes.",
		.bad = "{\"a\": \"b\tc\"}\n",
		.good = "{\"a\": \"b\\tc\"}\n",
		.fix = "write it as an escape",
		.service = "hujson: line 1, column 7: invalid literal: \"b\011c\"",
	},
	{
		.code = "S013",
		.name = "unquoted-name",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a name without quotes",
		.why = "JSON5 and JavaScript allow it, JSON and HuJSON do not.",
		.bad = "{a: 1}\n",
		.good = "{\"a\": 1}\n",
		.fix = "write the name in quotes",
		.service = "hujson: line 1, column 2: invalid literal: a",
	},
	{
		.code = "S014",
		.name = "bare-word",
		.severity = HJ_ERROR_LEVEL,
		.summary = "text without quotes, or a word that is no value",
		.why = "A value is a string in quotes, a number, an object, an array, or one "
		       "of true, false and null in small letters. Lists are not written with "
		       "dashes.",
		.bad = "{\"a\": True}\n",
		.good = "{\"a\": true}\n",
		.fix = "write it in quotes, or as true, false or null",
		.service = "hujson: line 1, column 7: invalid literal: True",
	},
	{
		.code = "S015",
		.name = "bad-number",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a number in a form that JSON does not have",
		.why = "Numbers are decimal, without + and without zeros in front, with "
		       "digits on both sides of the point. There is no NaN and no infinity.",
		.bad = "{\"a\": 0x1F}\n",
		.good = "{\"a\": 31}\n",
		.fix = "write a plain decimal number",
		.service = "hujson: line 1, column 7: invalid literal: 0x1F",
	},
	{
		.code = "S016",
		.name = "name-not-string",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a name that is a number, true, false or null",
		.why = "Names are always strings in quotes, also when they look like "
		       "numbers.",
		.bad = "{1: 2}\n",
		.good = "{\"1\": 2}\n",
		.fix = "write the name in quotes",
		.service =
			"hujson: line 1, column 2: invalid character '1' at start of object name",
	},
	{
		.code = "S017",
		.name = "name-in-array",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a name and a colon in an array",
		.why = "Names belong to objects. Either the brackets should be braces, or "
		       "the colon should be a comma, or the array was not closed.",
		.bad = "[\"a\": 1]\n",
		.good = "[{\"a\": 1}]\n",
		.fix = "write { and } around the member",
		.service = "hujson: line 1, column 5: invalid character ':' after array value "
			   "(expecting ',' or ']')",
	},
	{
		.code = "S018",
		.name = "hash-comment",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a comment that begins with #",
		.why = "Comments are written as in C: // to the end of the line, or /* to "
		       "*/.",
		.bad = "# A comment.\n{}\n",
		.good = "// A comment.\n{}\n",
		.fix = "write // instead of #",
		.service = "hujson: line 1, column 1: invalid character '#' at start of value",
	},
	{
		.code = "S019",
		.name = "unterminated-comment",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a /* without its */",
		.why = "The comment takes the rest of the file.",
		.bad = "{} /* a\n",
		.good = "{} /* a */\n",
		.fix = "write */ where the comment ends",
		.service = "hujson: line 1, column 4: parsing comment: unexpected EOF",
	},
	{
		.code = "S020",
		.name = "comment-at-end",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a // comment at the end of the file without a line feed",
		.why = "A line comment reaches to its line feed; without one the service "
		       "refuses the file. Editors that do not end files with a line feed "
		       "cause it.",
		.bad = "{} // a",
		.good = "{} // a\n",
		.fix = "end the file with a line feed",
		.service = "hujson: line 1, column 4: parsing comment: unexpected EOF",
	},
	{
		.code = "S021",
		.name = "comment-not-utf8",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a comment with bytes that are not UTF-8",
		.why = "Files are UTF-8. Text in an older coding, such as Latin-1, has to be "
		       "converted.",
		.bad = "{} // \377\n",
		.good = "{} // a\n",
		.fix = "save the file as UTF-8",
		.service = "hujson: line 1, column 4: invalid UTF-8 in comment",
	},
	{
		.code = "S022",
		.name = "unclosed-bracket",
		.severity = HJ_ERROR_LEVEL,
		.summary = "an object or array that is not closed",
		.why = "Every { needs its } and every [ its ]. Where they are indented alike "
		       "the one that is missing is easy to find.",
		.bad = "[1, 2",
		.good = "[1, 2]",
		.fix = "write the closing bracket",
		.service = "hujson: line 1, column 6: parsing array after value: unexpected EOF",
	},
	{
		.code = "S023",
		.name = "unexpected-bracket",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a closing bracket that closes nothing",
		.why = "There is one bracket too many, or the one that opens is missing.",
		.bad = "{\"a\": 1}}\n",
		.good = "{\"a\": 1}\n",
		.fix = "delete it",
		.service = "hujson: line 1, column 9: invalid character '}' after top-level value",
	},
	{
		.code = "S024",
		.name = "mismatched-bracket",
		.severity = HJ_ERROR_LEVEL,
		.summary = "an object closed with ] or an array closed with }",
		.why = "The closing bracket has to be of the kind of the opening one.",
		.bad = "{\"a\": [1}}\n",
		.good = "{\"a\": [1]}\n",
		.fix = "write the bracket of the right kind",
		.service = "hujson: line 1, column 9: invalid character '}' after array value "
			   "(expecting ',' or ']')",
	},
	{
		.code = "S025",
		.name = "extra-comma",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a comma too many",
		.why = "One comma may stand after the last member or element, but none "
		       "before the first, and never two in a row.",
		.bad = "[1,, 2]\n",
		.good = "[1, 2]\n",
		.fix = "delete it",
		.service = "hujson: line 1, column 4: invalid character ',' at start of value",
	},
	{
		.code = "S026",
		.name = "extra-colon",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a colon too many, or one in place of a comma",
		.why = "A colon stands between a name and its value and nowhere else.",
		.bad = "{\"a\": 1: \"b\": 2}\n",
		.good = "{\"a\": 1, \"b\": 2}\n",
		.fix = "delete it, or write a comma",
		.service = "hujson: line 1, column 8: invalid character ':' after object value "
			   "(expecting ',' or '}')",
	},
	{
		.code = "S027",
		.name = "equals-sign",
		.severity = HJ_ERROR_LEVEL,
		.summary = "an equals sign in place of a colon",
		.why = "TOML, HCL and shells write it so, JSON does not.",
		.bad = "{\"a\" = 1}\n",
		.good = "{\"a\" : 1}\n",
		.fix = "write a colon",
		.service = "hujson: line 1, column 6: invalid character '=' after object name",
	},
	{
		.code = "S028",
		.name = "semicolon",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a semicolon in place of a comma or colon",
		.why = "Members and elements are separated by commas.",
		.bad = "{\"a\": 1; \"b\": 2}\n",
		.good = "{\"a\": 1, \"b\": 2}\n",
		.fix = "write a comma",
		.service = "hujson: line 1, column 8: invalid character ';' after object value "
			   "(expecting ',' or '}')",
	},
	{
		.code = "S029",
		.name = "template",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a placeholder that was not filled in",
		.why = "The file is a template of a tool such as Terraform, Helm or "
		       "envsubst, or an example with gaps to fill. Only the finished text is "
		       "HuJSON. A placeholder inside a string is a string and is let be.",
		.bad = "{\"a\": ${b}}\n",
		.good = "{\"a\": \"b\"}\n",
		.fix = "fill it in, or put it inside a string",
		.service = "hujson: line 1, column 7: invalid character '$' at start of value",
	},
	{
		.code = "S030",
		.name = "merge-conflict",
		.severity = HJ_ERROR_LEVEL,
		.summary = "markers of an unresolved merge conflict",
		.why = "Git could not join two changes and left both in the file.",
		.bad = "[\n<<<<<<< ours\n1\n=======\n2\n>>>>>>> theirs\n]\n",
		.good = "[\n1\n]\n",
		.fix = "keep what is right and delete the marker lines",
		.service = "hujson: line 2, column 1: invalid character '<' at start of value",
	},
	{
		.code = "S031",
		.name = "empty-document",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a file without a value",
		.why = "A document is exactly one value, for a policy an object. An empty "
		       "file, or one with comments alone, has none.",
		.bad = "// Nothing.\n",
		.good = "// Nothing.\n{}\n",
		.fix = "write {} for an empty policy",
		.service = "hujson: line 2, column 1: parsing value: unexpected EOF",
	},
	{
		.code = "S032",
		.name = "extra-content",
		.severity = HJ_ERROR_LEVEL,
		.summary = "text before or after the document's value",
		.why = "A document is exactly one value. Two files joined, a brace that closes "
		       "too early, or a code fence of Markdown leave a rest.",
		.bad = "{\"a\": 1}\n{\"b\": 2}\n",
		.good = "{\"a\": 1, \"b\": 2}\n",
		.fix = "delete the rest, or join it with the value",
		.service = "hujson: line 2, column 1: invalid character '{' after top-level value",
	},
	{
		.code = "S033",
		.name = "cut-off",
		.severity = HJ_ERROR_LEVEL,
		.summary = "the file ends in the middle of a member",
		.why = "A part is missing: a copy was not complete, or a disk was full.",
		.bad = "{\"a\":",
		.good = "{\"a\": 1}\n",
		.fix = "look for the whole file",
		.service = "hujson: line 1, column 6: parsing value: unexpected EOF",
	},
	{
		.code = "S034",
		.name = "byte-order-mark",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a byte order mark at the start of the file",
		.why = "Some editors of Windows write it before UTF-8 text; the service "
		       "refuses it.",
		.bad = "\357\273\277{}\n",
		.good = "{}\n",
		.fix = "save the file without it",
		.service =
			"hujson: line 1, column 1: invalid character '\\ufeff' at start of value",
	},
	{
		.code = "S035",
		.name = "stray-space",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a no-break space or another character that looks like a space",
		.why = "White space between values is space, tab, line feed and carriage "
		       "return only. Others come along with text that is copied from web "
		       "pages and chats, and cannot be seen.",
		.bad = "{\302\240\"a\": 1}\n",
		.good = "{ \"a\": 1}\n",
		.fix = "replace it with an ordinary space",
		.service =
			"hujson: line 1, column 2: invalid character '\\u00a0' at start of value",
	},
	{
		.code = "S036",
		.name = "nul-byte",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a NUL byte",
		.why = "Text has none. The file is binary, in another coding, or was damaged "
		       "when a disk was full.",
		.bad = NULL,
		.good = NULL,
		.fix = "delete it, or look for an undamaged copy",
	},
	{
		.code = "S037",
		.name = "not-utf8-text",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a file in UTF-16",
		.why = "Files are UTF-8. The shell of Windows writes UTF-16 when output is "
		       "redirected.",
		.bad = NULL,
		.good = NULL,
		.fix = "save the file as UTF-8",
	},
	{
		.code = "S038",
		.name = "unexpected-character",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a character that means nothing here",
		.why = "Outside of strings and comments only values, brackets, commas and "
		       "colons may stand. Comments begin with // or /*; other languages have "
		       "other marks for them.",
		.bad = "{\"a\": 1 !}\n",
		.good = "{\"a\": 1 }\n",
		.fix = "delete it, or put it in a string",
		.service = "hujson: line 1, column 9: invalid character '!' after object value "
			   "(expecting ',' or '}')",
	},
	{
		.code = "S039",
		.name = "too-many-errors",
		.severity = HJ_ERROR_LEVEL,
		.summary = "there are more errors than are shown",
		.why = "After a thousand findings the rest is only counted.",
		.bad = NULL,
		.good = NULL,
		.fix = "mend the first ones and look again",
	},
	{
		.code = "S040",
		.name = "missing-bracket",
		.severity = HJ_ERROR_LEVEL,
		.summary = "an object or array without its opening bracket",
		.why = "Names and values stand where an object should begin, or elements where "
		       "an array should, and a closing bracket that nothing opened follows.",
		.bad = "[\n\t\"a\": 1},\n\t{\"b\": 2},\n]\n",
		.good = "[\n\t{\"a\": 1},\n\t{\"b\": 2},\n]\n",
		.fix = "write the opening bracket before the first name or element",
		.service = "hujson: line 2, column 5: invalid character ':' after array value "
			   "(expecting ',' or ']')",
	},
};

_Static_assert(sizeof rules / sizeof *rules == HJ_S_COUNT, "a row for each rule, in order");

const hj_rule *hj_syntax_rules(size_t *count)
{
	*count = sizeof rules / sizeof *rules;
	return rules;
}
