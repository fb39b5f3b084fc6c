using Granary.Data.Journals;
using Granary.Postgres.Journals;
using Granary.Testing;
using Xunit;
using static Granary.Data.Tests.Journals.JournalImages;

namespace Granary.Data.Tests.Journals;

/// <summary>The lease of a journal and the entries of appends without an answer, over a table in memory.</summary>
public sealed class JournalLeaseTests
{
    private readonly Rows _rows = new();

    private sealed class Rows
    {
        public List<JournalEntry> Entries { get; } = [];

        public List<Guid> Writers { get; } = [];

        public LeaseHolder? Holder { get; set; }

        public object? Lock { get; set; }
    }

    // A client of the rows, whose next insert can lose its answer.
    private sealed class Table(Rows rows) : IJournalTable
    {
        private object? _connection;

        public bool LosesAnswer { get; set; }

        // Whether the lost insert was stored.
        public bool Stores { get; set; }

        // Whether the server keeps the lock of a connection that the client has given up.
        public bool KeepsLock { get; set; }

        public string Name => "table";

        public Guid Session { get; } = Guid.NewGuid();

        public bool IsConnected => _connection is not null;

        public ValueTask ConnectAsync(CancellationToken cancellationToken)
        {
            Release();
            _connection = new object();
            return default;
        }

        public void Release()
        {
            if (rows.Lock == _connection && !KeepsLock) rows.Lock = null;
            _connection = null;
        }

        public ValueTask<bool> TryLockAsync(CancellationToken cancellationToken)
        {
            if (rows.Lock is not null && rows.Lock != _connection) return new(false);
            rows.Lock = _connection;
            return new(true);
        }

        public ValueTask<LeaseHolder?> FindHolderAsync(CancellationToken cancellationToken) => new(rows.Holder);

        public ValueTask SetHolderAsync(string holder, DateTimeOffset since, CancellationToken cancellationToken)
        {
            rows.Holder = new LeaseHolder(holder, Session);
            return default;
        }

        public ValueTask<TableEnd> FindEndAsync(CancellationToken cancellationToken) =>
            new(rows.Entries.Count == 0 ? default : new TableEnd(rows.Entries[^1].Sequence, rows.Entries.Count, rows.Writers[^1]));

        public ValueTask<bool> InsertAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken)
        {
            if (entries.Any(e => rows.Entries.Exists(r => r.Sequence == e.Sequence))) return new(false);
            var isLost = LosesAnswer;
            LosesAnswer = false;
            if (!isLost || Stores)
            {
                rows.Entries.AddRange(entries);
                rows.Writers.AddRange(entries.Select(_ => Session));
            }
            return isLost ? throw new JournalException("no answer") { MayPass = true } : new(true);
        }

        public IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query, CancellationToken cancellationToken) =>
            rows.Entries.ToAsyncEnumerable();

        public ValueTask DisposeAsync()
        {
            Release();
            return default;
        }
    }

    private static Task<PostgresJournal> OpenAsync(Table table) =>
        PostgresJournal.OpenAsync(table, "paper", TimeProvider.System, "a session", TestContext.Current.CancellationToken);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_append_without_an_answer_is_stored_once_when_it_is_repeated(bool stored)
    {
        var table = new Table(_rows) { Stores = stored };
        await using var journal = await OpenAsync(table);
        await journal.AppendAsync([Entry(1)]);
        table.LosesAnswer = true;
        (await Should.ThrowAsync<JournalException>(async () => await journal.AppendAsync([Entry(2), Entry(3)]))).MayPass.ShouldBeTrue();
        await journal.AppendAsync([Entry(2), Entry(3), Entry(4)]);
        _rows.Entries.Select(e => e.Sequence).ShouldBe([1, 2, 3, 4]);
        journal.Last.ShouldBe(4);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Numbers_of_an_append_without_an_answer_are_not_used_for_other_facts(bool stored)
    {
        var table = new Table(_rows) { Stores = stored };
        await using var journal = await OpenAsync(table);
        table.LosesAnswer = true;
        await Should.ThrowAsync<JournalException>(async () => await journal.AppendAsync([Entry(1), Entry(2)]));
        foreach (var other in new JournalEntry[][] { [Entry(1, "Other")], [Entry(1), Entry(2, "Other")], [Entry(1)], [Entry(3)] })
            (await Should.ThrowAsync<JournalException>(async () => await journal.AppendAsync(other))).MayPass.ShouldBeFalse();
        await journal.AppendAsync([Entry(1), Entry(2)]);
        _rows.Entries.Select(e => e.Kind).ShouldBe([Entry(1).Kind, Entry(2).Kind]);
        // An acknowledged append leaves nothing uncertain.
        await journal.AppendAsync([Entry(3, "Other")]);
    }

    [Fact]
    public async Task A_lock_that_an_earlier_connection_of_the_session_still_has_is_waited_for()
    {
        var table = new Table(_rows);
        await using var journal = await OpenAsync(table);
        (table.LosesAnswer, table.KeepsLock) = (true, true);
        await Should.ThrowAsync<JournalException>(async () => await journal.AppendAsync([Entry(1)]));
        (await Should.ThrowAsync<JournalException>(async () => await journal.AppendAsync([Entry(1)]))).MayPass.ShouldBeTrue();
        _rows.Lock = null;
        await journal.AppendAsync([Entry(1)]);
        _rows.Entries.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_whose_lease_another_one_took_writes_nothing_any_more(bool hasLeft)
    {
        var table = new Table(_rows);
        await using var first = await OpenAsync(table);
        await first.AppendAsync([Entry(1)]);
        table.LosesAnswer = true;
        await Should.ThrowAsync<JournalException>(async () => await first.AppendAsync([Entry(2, "Old")]));
        table.Release();
        var second = await OpenAsync(new Table(_rows));
        await second.AppendAsync([Entry(2, "New")]);
        if (hasLeft) await second.DisposeAsync();
        for (var i = 0; i < 2; i++)
            await Should.ThrowAsync<LeaseException>(async () => await first.AppendAsync([Entry(2, "Old"), Entry(3)]));
        _rows.Entries.Select(e => e.Kind).ShouldBe([Entry(1).Kind, "New"]);
    }

    [Fact]
    public async Task A_journal_without_some_of_its_entries_is_refused()
    {
        _rows.Entries.AddRange([Entry(1), Entry(3)]);
        _rows.Writers.AddRange([Guid.Empty, Guid.Empty]);
        (await Should.ThrowAsync<JournalException>(() => OpenAsync(new Table(_rows)))).Message
            .ShouldContain("1 of its entries 1 to 3 are gone");
        _rows.Lock.ShouldBeNull();
    }
}
