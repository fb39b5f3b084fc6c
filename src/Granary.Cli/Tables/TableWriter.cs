using Spectre.Console;

namespace Granary.Cli.Tables;

/// <summary>
/// Writes every table of the command line: with borders on a terminal, as aligned lines without borders and escape sequences in a pipe or a
/// file. Spectre.Console is loaded for a terminal only, since it costs startup time.
/// </summary>
internal static class TableWriter
{
    private const string Gap = "  ";

    /// <param name="title">Title of the table; empty for none.</param>
    /// <param name="columns">Each row has as many cells.</param>
    /// <param name="none">The line that replaces a table without rows.</param>
    public static void Write(string title, IReadOnlyList<Column> columns, IEnumerable<string[]> rows, string none = "")
    {
        var cells = rows.ToList();
        if (cells.Count == 0)
        {
            if (none.Length > 0) Console.WriteLine(none);
            return;
        }
        if (Console.IsOutputRedirected) Plain(Console.Out, title, columns, cells);
        else ToTerminal(title, columns, cells);
    }

    // A separate method, because compiling a method that uses Spectre.Console loads the library.
    private static void ToTerminal(string title, IReadOnlyList<Column> columns, IReadOnlyList<string[]> rows) =>
        Bordered(AnsiConsole.Console, title, columns, rows);

    /// <summary>Lines of aligned cells under a line of headers.</summary>
    internal static void Plain(TextWriter output, string title, IReadOnlyList<Column> columns, IReadOnlyList<string[]> rows)
    {
        if (title.Length > 0)
        {
            output.WriteLine();
            output.WriteLine(title);
        }
        var widths = columns.Select((c, i) => Math.Max(c.Header.Length, rows.Max(r => r[i].Length))).ToArray();
        output.WriteLine(Line([.. columns.Select(c => c.Header)]));
        foreach (var row in rows) output.WriteLine(Line(row));

        string Line(string[] cells) =>
            string.Join(Gap, cells.Select((cell, i) => columns[i].IsNumber ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd();
    }

    /// <summary>Writes a table with borders. On a narrow terminal, texts are wrapped and figures are not.</summary>
    internal static void Bordered(IAnsiConsole console, string title, IReadOnlyList<Column> columns, IReadOnlyList<string[]> rows)
    {
        if (title.Length > 0) console.MarkupLine($"[bold]{Markup.Escape(title)}[/]");
        console.Write(Table(columns, rows));
    }

    /// <summary>Returns the table, for a terminal that draws it repeatedly.</summary>
    /// <param name="colour">Returns the colour of a row; null = the terminal's colour.</param>
    public static Table Table(IReadOnlyList<Column> columns, IReadOnlyList<string[]> rows, Func<string[], Color?>? colour = null)
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var column in columns)
        {
            var made = new TableColumn(Markup.Escape(column.Header));
            table.AddColumn(column.IsNumber ? made.RightAligned() : made);
        }
        foreach (var row in rows)
        {
            var style = colour?.Invoke(row) is { } its ? new Style(its) : Style.Plain;
            table.AddRow(row.Select(cell => new Markup(Markup.Escape(cell), style) { Overflow = Overflow.Fold }));
        }
        return table;
    }
}
