using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Tests.Trading;

/// <summary>The adapter's journal while its database loses answers.</summary>
public sealed class BookJournalTests
{
    // Its clock has no pauses, so that the adapter gives up at once.
    private sealed class NoTime : TimeProvider
    {
        private long _now = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now += TimeSpan.TicksPerMinute;
    }

    private sealed class Forgetful : IJournal
    {
        public List<JournalEntry> Entries { get; } = [];

        // Whether appends get no answer, and whether they are stored all the same.
        public bool IsAway { get; set; }

        public bool Stores { get; set; }

        public string Name => "journal";

        public long Last => Entries.Count;

        public string? Cut => null;

        public ValueTask AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default)
        {
            // As the journal in PostgreSQL: it is safe to append entries again.
            if (!IsAway || Stores) Entries.AddRange(entries.Where(e => e.Sequence > Entries.Count));
            return IsAway ? throw new JournalException("no answer") { MayPass = true } : default;
        }

        public IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query, CancellationToken cancellationToken = default) =>
            Entries.ToAsyncEnumerable();

        public ValueTask DisposeAsync() => default;
    }

    private readonly Forgetful _journal = new();

    private static OrderMade Made(string id) => new(new BrokerOrder
    {
        ClientId = id,
        Symbol = TestVenue.Symbol,
        Side = Side.Buy,
        Type = OrderType.Market,
        Quantity = 1,
    }, "", "", id, 1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    private Task<BookJournal> OpenAsync() => BookJournal.OpenAsync(_journal,
        new VenueBook(new Dictionary<string, VenueInstrument>(StringComparer.Ordinal)), new NoTime(), default);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Facts_of_an_append_without_an_answer_keep_their_numbers_and_are_in_the_book_once(bool stored)
    {
        var book = await OpenAsync();
        (_journal.IsAway, _journal.Stores) = (true, stored);
        await Should.ThrowAsync<BrokerUnavailableException>(async () => await book.AppendAsync([Made("a")], default));
        book.Book.Find("a").ShouldBeNull();
        await Should.ThrowAsync<BrokerUnavailableException>(async () => await book.SettleAsync(default));
        _journal.IsAway = false;
        // What was computed from the book without them is refused once.
        await Should.ThrowAsync<BrokerUnavailableException>(async () => await book.AppendAsync([Made("b")], default));
        book.Book.Find("a").ShouldNotBeNull();
        book.Book.Find("b").ShouldBeNull();
        await book.AppendAsync([Made("b")], default);
        _journal.Entries.Select(e => e.Sequence).ShouldBe([1, 2]);
        // Another start has the same book.
        (await OpenAsync()).Book.Working.Select(o => o.ClientId).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task Deferred_facts_of_an_append_without_an_answer_are_applied_once()
    {
        var book = await OpenAsync();
        book.Defer(Made("a"));
        (_journal.IsAway, _journal.Stores) = (true, true);
        await Should.ThrowAsync<BrokerUnavailableException>(async () => await book.AppendAsync([], default));
        book.Defer(new OrderForgotten("a"));
        _journal.IsAway = false;
        (await book.SettleAsync(default)).ShouldBeTrue();
        await book.AppendAsync([], default);
        _journal.Entries.Select(e => e.Kind).ShouldBe([nameof(OrderMade), nameof(OrderForgotten)]);
        (await OpenAsync()).Book.Working.ShouldBeEmpty();
    }
}
