using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Assistants.Answers;
using Granary.Assistants.Content;
using Granary.Engine;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Granary.Assistants.Tools;

/// <summary>A tool that reads the documentation, for clients that do not show resources to the model.</summary>
internal sealed class DocumentTools
{
    private const int Longest = 8_000;

    [McpServerTool(Name = "read_docs", Title = "Documentation", ReadOnly = true, OpenWorld = false)]
    [Description("Reads a page of Granary's documentation in parts. Without 'page' it lists the pages; 'search' lists pages with these words.")]
    public static CallToolResult Read([Description("A page as the list names it, such as batch-file or howto/NAME.")] string? page = null,
        [Description("Words that the page contains.")] string? search = null,
        [Description("Maximum number of rows of the list."), Range(1, Answer.MostRows)] int limit = Answer.UsualRows,
        [Description("The cursor of the part or page before.")] string? cursor = null)
    {
        if (page is not null) return Part(page, cursor);
        var words = search?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var found = DocumentPages.All
            .Where(p => Array.TrueForAll(words, w => p.Text.Contains(w, StringComparison.OrdinalIgnoreCase))).ToList();
        var (rows, next) = Answer.PageOf(found, limit, cursor);
        return Answer.Of(string.Create(CultureInfo.InvariantCulture, $"{found.Count} pages."))
            .Table("pages", AnswerColumn.All("page", "title", "summary"), [.. rows.Select(p => new JsonObject
            {
                ["page"] = p.Name,
                ["title"] = p.Title,
                ["summary"] = p.Summary,
            })]).Page(rows.Count, found.Count, next).Done();
    }

    private static CallToolResult Part(string name, string? cursor)
    {
        var text = DocumentPages.Find(name).Text;
        var from = 0;
        if (cursor is not null && (!int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out from) || from >= text.Length))
            throw Simulation.Json.ListCursor.Unknown(cursor);
        var end = Math.Min(text.Length, from + Longest);
        // A part ends with a line.
        if (end < text.Length && text.LastIndexOf('\n', end - 1, end - from) is var line && line > from) end = line + 1;
        var next = end < text.Length ? end.ToString(CultureInfo.InvariantCulture) : null;
        var part = text[from..end];
        var answer = Answer.Of(part).With("page", JsonValue.Create(name)).With("text", JsonValue.Create(part));
        return next is null ? answer.Done()
            : answer.Line($"The next part has cursor \"{next}\".").With("next", JsonValue.Create(next)).Done();
    }
}
