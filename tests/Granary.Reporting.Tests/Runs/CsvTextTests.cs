using System.Globalization;
using CsvHelper;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Tests.Runs;

/// <summary>Cells that spreadsheets open.</summary>
public sealed class CsvTextTests
{
    [Theory]
    [InlineData("ACME", "ACME")]
    [InlineData("", "")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+SUM(A1)", "'+SUM(A1)")]
    [InlineData("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0")]
    [InlineData("@X", "'@X")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("-1.5", "-1.5")]
    [InlineData("+2e-7", "+2e-7")]
    [InlineData("'=1", "''=1")]
    [InlineData("'quoted", "'quoted")]
    [InlineData("it's", "it's")]
    public void A_text_that_a_spreadsheet_would_compute_is_marked_as_text_and_a_number_is_not(string text, string cell)
    {
        CsvText.Write(text).ShouldBe(cell);
        CsvText.Read(cell).ShouldBe(text);
    }

    [Fact]
    public void Every_text_comes_back_as_it_was_through_a_file()
    {
        var random = new Random(30);
        var texts = Enumerable.Range(0, 5_000).Select(_ => new string(random.GetItems("=+-@'\t\",;aB1. ".ToCharArray(), random.Next(1,
            7)))).ToList();
        var file = new StringWriter();
        using (var csv = CsvText.Open(file))
            foreach (var text in texts)
            {
                csv.WriteField(text);
                csv.WriteField(-1.5);
                csv.NextRecord();
            }
        using var parser = new CsvParser(new StringReader(file.ToString()), CultureInfo.InvariantCulture);
        foreach (var text in texts)
        {
            parser.Read().ShouldBeTrue();
            parser[1].ShouldBe("-1.5");
            (double.TryParse(parser[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var _) || "=+-@\t".IndexOf(parser[0][0]) < 0)
                .ShouldBeTrue(parser[0]);
            CsvText.Read(parser[0]).ShouldBe(text);
        }
    }
}
