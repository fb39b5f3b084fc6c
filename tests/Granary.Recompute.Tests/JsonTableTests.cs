using System.Text.Json;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>The comparison of a page's table with its JSON notices each changed figure of either.</summary>
public class JsonTableTests
{
    private const string Json = """
        { "windows": [
            { "from": "2021-01-04T00:00:00Z", "to": "2021-03-01T05:00:00Z", "name": "SmaCross(fast=3)", "trades": 17, "profit": -1234.5678,
              "share": 0.1234, "p": 0.00004, "auc": { "value": 0.5312 }, "to2": [0.25, 0.75], "features": ["a", "b", "c"], "side": "long" },
            { "from": "2021-03-01T05:00:00Z", "to": "2021-06-01T00:00:00Z", "name": "SmaCross(fast=6)", "trades": 18, "profit": 99.5,
              "share": 0.5, "p": 0.25, "auc": null, "to2": [1, 0], "features": ["a"], "side": "short" }] }
        """;

    private static readonly string[] s_header = ["Span", "Strategy", "Trades", "Profit", "Share", "p", "Out of sample", "To", "To (2)",
        "Features", "Side"];
    private static readonly string[][] s_rows =
    [
        ["2021-01-04 to 2021-03-01 05:00", "SmaCross(fast=3)", "17", "−1,234.57", "12.34%", "below 0.0001", "AUC 0.531", "25.0%", "75.0%",
            "3", "long"],
        ["2021-03-01 05:00 to 2021-06-01", "SmaCross(fast=6)", "18", "99.50", "50.00%", "0.2500", "–", "100.0%", "0.0%", "1", "short"],
    ];

    [Fact]
    public void A_table_that_shows_its_list_has_no_differences() => Differences(s_rows, Json).ShouldBeEmpty();

    [Fact]
    public void Each_changed_digit_of_a_page_is_a_difference()
    {
        var changed = 0;
        for (var row = 0; row < s_rows.Length; row++)
            for (var column = 0; column < s_header.Length; column++)
                foreach (var at in Enumerable.Range(0, s_rows[row][column].Length).Where(i => char.IsDigit(s_rows[row][column][i])))
                {
                    var rows = s_rows.Select(r => r.ToArray()).ToArray();
                    var digit = (char)('0' + (rows[row][column][at] - '0' + 1) % 10);
                    rows[row][column] = rows[row][column].Remove(at, 1).Insert(at, digit.ToString());
                    // A smaller bound is no figure that the JSON denies.
                    if (rows[row][column].StartsWith("below", StringComparison.Ordinal)) continue;
                    Differences(rows, Json).ShouldNotBeEmpty($"{s_rows[row][column]} became {rows[row][column]}");
                    changed++;
                }
        changed.ShouldBeGreaterThan(80);
    }

    [Theory]
    [InlineData("-1234.5678", "-1234.6")]
    [InlineData("17,", "16,")]
    [InlineData("0.1234", "0.1235")]
    [InlineData("0.00004", "0.0004")]
    [InlineData("0.5312", "0.5322")]
    [InlineData("[0.25, 0.75]", "[0.26, 0.74]")]
    [InlineData("\"c\"]", "\"c\", \"d\"]")]
    [InlineData("2021-06-01T00", "2021-06-02T00")]
    [InlineData("fast=6", "fast=7")]
    [InlineData("\"short\"", "\"long\"")]
    public void A_changed_figure_of_the_json_is_a_difference(string figure, string other)
    {
        Json.ShouldContain(figure);
        Differences(s_rows, Json.Replace(figure, other, StringComparison.Ordinal)).ShouldNotBeEmpty();
    }

    [Fact]
    public void A_row_without_a_record_and_a_record_without_a_row_are_differences()
    {
        Differences(s_rows[..1], Json).ShouldNotBeEmpty();
        Differences([.. s_rows, s_rows[1]], Json).ShouldNotBeEmpty();
    }

    [Fact]
    public void Two_columns_do_not_show_one_value()
    {
        string[][] rows = [["17", "17"], ["18", "18"]];
        var table = new PageTable("Windows", "", "", ["Trades", "Orders"], rows);
        JsonTable.Differences(table, Records(Json)).ShouldNotBeEmpty();
    }

    private static List<JsonRecord> Records(string json) => JsonRecord.List(JsonDocument.Parse(json).RootElement, "windows");

    private static IEnumerable<string> Differences(string[][] rows, string json) =>
        JsonTable.Differences(new PageTable("Windows", "", "", s_header, rows), Records(json));
}
