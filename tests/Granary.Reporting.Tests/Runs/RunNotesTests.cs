using System.Text.Json;
using Granary.Reporting.Html.Pages;
using Granary.Reporting.Runs;
using Granary.Reporting.Tests.Synthetic;

namespace Granary.Reporting.Tests.Runs;

public class RunNotesTests
{
    private static readonly SyntheticRun _run = SyntheticRun.Make(strategies: 3, trades: 30, symbols: 1, days: 300, benchmark: false);

    [Fact]
    public void Notes_are_in_order_of_importance_and_each_is_there_once()
    {
        RunNote intrabar = new(NoteCode.Intrabar, "b", 4), ruined = new(NoteCode.Ruined, "a");
        RunNotes.Ordered([intrabar, ruined, intrabar]).ShouldBe([ruined, intrabar]);
        (_run.Model with { Notes = [intrabar] }).With(ruined).Notes.ShouldBe([ruined, intrabar]);
    }

    [Fact]
    public void Notes_are_in_results_json_with_code_sentence_and_count()
    {
        var model = _run.Model with { Notes = [new RunNote(NoteCode.NoTrades, "12 strategies made no trade.", 12)] };
        var notes = JsonDocument.Parse(ResultsJson.Write(model)).RootElement.GetProperty("notes");
        var note = notes.EnumerateArray().ShouldHaveSingleItem();
        note.GetProperty("code").GetString().ShouldBe("no-trades");
        note.GetProperty("sentence").GetString().ShouldBe("12 strategies made no trade.");
        note.GetProperty("count").GetInt64().ShouldBe(12);
    }

    [Fact]
    public void Notes_stand_at_the_head_of_the_report_before_its_figures()
    {
        var output = new StringWriter();
        HtmlReport.Write(output, _run.Model with { Notes = [new RunNote(NoteCode.NoTrades, "Twelve strategies made no trade.", 12)] },
            _run);
        var page = output.ToString();
        var at = page.IndexOf("Twelve strategies made no trade.", StringComparison.Ordinal);
        at.ShouldBeGreaterThan(0);
        at.ShouldBeLessThan(page.IndexOf("Total return", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_code_reads_back_from_its_spelling()
    {
        foreach (var code in Enum.GetValues<NoteCode>()) RunNotes.CodeOf(new RunNote(code, "").CodeText).ShouldBe(code);
        RunNotes.CodeOf("of-a-newer-granary").ShouldBeNull();
    }
}
