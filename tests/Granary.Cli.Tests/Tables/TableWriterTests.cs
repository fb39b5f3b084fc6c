using Granary.Cli.Tables;
using Spectre.Console;

namespace Granary.Cli.Tests.Tables;

public class TableWriterTests
{
    private static readonly Column[] _columns = [Column.Text("Strategy"), Column.Number("Return", "%"), Column.Number("Trades")];
    private static readonly string[][] _rows = [["SmaCross(fast=5,slow=20)@ACME:1h", "-1.20", "7"], ["[x]", "12.34", "1,008"]];

    [Fact]
    public void In_a_pipe_a_table_is_aligned_lines_under_headers_with_units_and_nothing_else()
    {
        var output = new StringWriter { NewLine = "\n" };
        TableWriter.Plain(output, "", _columns, _rows);
        output.ToString().ShouldBe("""
            Strategy                          Return (%)  Trades
            SmaCross(fast=5,slow=20)@ACME:1h       -1.20       7
            [x]                                    12.34   1,008

            """.ReplaceLineEndings("\n"));
    }

    [Theory, InlineData(80), InlineData(40)]
    public void On_a_terminal_no_line_is_wider_than_the_terminal_and_no_cell_is_lost(int width)
    {
        var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No });
        console.Profile.Width = width;
        TableWriter.Bordered(console, "Best", _columns, _rows);
        var text = output.ToString();
        foreach (var line in text.Split('\n')) line.TrimEnd().Length.ShouldBeLessThanOrEqualTo(width);
        foreach (var cell in (string[])["-1.20", "1,008", "[x]", "Return"]) text.ShouldContain(cell);
    }

    [Fact]
    public void Undefined_figures_are_a_dash_and_units_are_left_to_the_header()
    {
        Cell.Percent(double.NaN).ShouldBe("–");
        Cell.Percent(0.1234).ShouldBe("12.34");
        Cell.Count(1_234_567).ShouldBe("1,234,567");
        Cell.Market(62964.654294).ShouldBe("62,964.654");
    }
}
