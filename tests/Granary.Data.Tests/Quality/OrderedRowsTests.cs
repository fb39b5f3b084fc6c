using Granary.Data.Quality;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Tests.Quality;

/// <summary>Rows of files that are not in order.</summary>
public sealed class OrderedRowsTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(5, 40)]
    [InlineData(7, 1000)]
    [InlineData(1000, 999)]
    [InlineData(1000, 1000)]
    [InlineData(9, 20_000)]
    public void Rows_come_in_order_and_of_equal_times_the_first_whatever_stays_in_memory(int most, int count)
    {
        var random = new Random(count);
        var rows = Enumerable.Range(0, count).Select(i => new ParsedRow(i + 2, 0, new Bar(random.Next(count) * 60L, i, i, i, i, i),
            -i)).ToList();
        using var ordered = new OrderedRows(most);
        foreach (var row in rows) ordered.Add(row);
        ordered.Read().ShouldBe(rows.GroupBy(r => r.Time).OrderBy(g => g.Key).Select(g => (g.First().Bar, g.First().Adjusted)));
    }

    [Fact]
    public void The_temporary_file_goes_with_the_rows()
    {
        var before = Directory.GetFiles(Path.GetTempPath(), "granary-rows-*").ToHashSet();
        using (var ordered = new OrderedRows(2))
            for (var i = 0; i < 100; i++) ordered.Add(new ParsedRow(i, 0, new Bar(-i, 1, 1, 1, 1, 1), 0));
        Directory.GetFiles(Path.GetTempPath(), "granary-rows-*").Except(before).ShouldBeEmpty();
    }
}
