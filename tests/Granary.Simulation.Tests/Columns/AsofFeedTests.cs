using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Simulation.Columns;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Tests.Columns;

/// <summary>Slower series that grow while a live feed is read.</summary>
public sealed class AsofFeedTests : IDisposable
{
    private static readonly MarketSeries s_market = new(new Instrument { Symbol = "A" }, Timeframe.H1) { Columns = [] };
    private static readonly long s_start = new DateTime(2024, 1, 1).Ticks;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-asof-feed-").FullName;
    private readonly string _path;

    public AsofFeedTests()
    {
        _path = Path.Combine(_folder, "scores.csv");
        Write("2024-01-01T00:30Z,1");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(params string[] rows)
    {
        File.WriteAllText(_path, "time,score\n" + string.Concat(rows.Select(r => r + "\n")));
        // A test writes faster than the clock of the disk moves.
        File.SetLastWriteTimeUtc(_path, DateTime.UtcNow.AddSeconds(rows.Length));
    }

    private ILiveFeed Feed(IEnumerable<int> hours, Bar? last = null)
    {
        AsofKeys[] keys = [new() { File = Address.Parse(_path), Columns = ["score"], As = "news." }];
        return AsofFeed.Of(new Hours(hours), _ => keys, null, _ => last);
    }

    private sealed class Hours(IEnumerable<int> hours) : ILiveFeed
    {
        public IReadOnlyList<MarketSeries> Series => [s_market];

        public IReadOnlyList<string> Notes => [];

        public async IAsyncEnumerable<FeedItem> ReadAsync(
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            var index = 0;
            foreach (var hour in hours)
            {
                var bar = new Bar(s_start + hour * TimeSpan.TicksPerHour, 1, 1, 1, 1, 1);
                yield return FeedItem.Of(0, BarBlock.FromBars(index++, [bar]), Timeframe.H1.CloseOf(bar.Time));
            }
        }

        public ValueTask DisposeAsync() => default;
    }

    [Fact]
    public async Task Rows_that_are_appended_are_taken_at_the_next_bar_and_a_revision_of_a_used_row_is_left_out_with_a_note()
    {
        var feed = Feed(Enumerable.Range(0, 6));
        feed.Series.ShouldHaveSingleItem().Columns.ShouldBe(["news.score"]);
        var bars = new List<Bar>();
        await foreach (var item in feed.ReadAsync(TestContext.Current.CancellationToken))
        {
            bars.Add(item.Bars![0]);
            // A row for 1:15 comes after the bar that closes at 2:00; then the used row of 1:15 is revised, and a later row comes.
            if (bars.Count == 2) Write("2024-01-01T00:30Z,1", "2024-01-01T01:15Z,2");
            if (bars.Count == 3) Write("2024-01-01T00:30Z,1", "2024-01-01T01:15Z,20");
            if (bars.Count == 4) Write("2024-01-01T00:30Z,1", "2024-01-01T01:15Z,20", "2024-01-01T05:00Z,3");
        }
        bars.Select(b => b.Further!.Of("news.score")).ShouldBe([1, 1, 2, 2, 3, 3]);
        feed.Notes.ShouldHaveSingleItem().ShouldContain("was changed after a bar had used it");
    }

    [Fact]
    public async Task A_feed_that_begins_again_after_any_bar_brings_the_bars_that_one_without_a_break_brings()
    {
        string[] before = ["2024-01-01T00:30Z,1", "2024-01-01T01:15Z,2"];
        Write(before);
        var whole = new List<Bar>();
        var again = new List<Bar>();
        await foreach (var item in Feed([0, 1, 2, 3, 4]).ReadAsync(TestContext.Current.CancellationToken))
        {
            whole.Add(item.Bars![0]);
            if (whole.Count == 2) Write("2024-01-01T00:30Z,1", "2024-01-01T01:15Z,9", "2024-01-01T03:45Z,4");
        }
        Write(before);
        await foreach (var item in Feed([0, 1]).ReadAsync(TestContext.Current.CancellationToken)) again.Add(item.Bars![0]);
        Write("2024-01-01T00:30Z,1", "2024-01-01T01:15Z,9", "2024-01-01T03:45Z,4");
        await foreach (var item in Feed([2, 3, 4], again[^1]).ReadAsync(TestContext.Current.CancellationToken)) again.Add(item.Bars![0]);
        again.ShouldBe(whole);
        whole.Select(b => b.Further!.Of("news.score")).ShouldBe([1, 2, 2, 4, 4]);
    }

    [Fact]
    public async Task A_line_that_another_program_still_writes_is_not_read_before_it_is_whole()
    {
        var values = new List<double>();
        await foreach (var item in Feed([0, 1, 2, 3]).ReadAsync(TestContext.Current.CancellationToken))
        {
            values.Add(item.Bars![0].Further!.Of("news.score"));
            if (values.Count == 1) File.AppendAllText(_path, "2024-01-01T01:00Z,2");
            if (values.Count == 2) File.AppendAllText(_path, "5\n");
        }
        values.ShouldBe([1, 1, 25, 25]);
    }
}
