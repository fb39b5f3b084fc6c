using System.Text;
using Granary.Data.Journals;
using Granary.Postgres.Journals;
using Granary.Testing;
using Xunit;

namespace Granary.Data.Tests.Journals;

public sealed class PostgresJournalTests : IAsyncLifetime
{
    private PostgresServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await PostgresServer.StartAsync();

    public ValueTask DisposeAsync() => _server is null ? default : _server.DisposeAsync();

    private static JournalEntry Entry(long n, string kind = "SignalDecided", string strategy = "S1", string symbol = "BTC") =>
        new(n, DateTimeOffset.UnixEpoch.AddSeconds(n), kind, strategy, symbol,
            Encoding.UTF8.GetBytes($$"""{"number":{{n}},"side":"buy","decision":"accepted"}"""));

    [Fact]
    public async Task It_keeps_queries_leases_and_shows_what_a_file_does()
    {
        var database = await _server.CreateDatabaseAsync();
        await using (var journal = await PostgresJournal.OpenAsync(database, "paper", TimeProvider.System, "granary live of Anna"))
        {
            await journal.AppendAsync([Entry(1), Entry(2, strategy: "S2"), Entry(3, symbol: "ETH")]);
            await journal.AppendAsync([Entry(3, symbol: "ETH"), Entry(4)]);
            (await Should.ThrowAsync<LeaseException>(async () => await PostgresJournal.OpenAsync(database, "paper",
                TimeProvider.System))).Message.ShouldContain("is traded by granary live of Anna, process");
            await using var other = await PostgresJournal.OpenAsync(database, "another", TimeProvider.System);
            other.Last.ShouldBe(0);
        }
        await using var again = await PostgresJournal.OpenAsync(database, "paper", TimeProvider.System);
        again.Last.ShouldBe(4);
        (await again.ReadAsync(new JournalQuery(Strategy: "S1", Symbol: "BTC", From: DateTimeOffset.UnixEpoch.AddSeconds(2)))
            .ToListAsync()).Select(e => e.Sequence).ShouldBe([4]);
        (await PostgresJournal.PeekAsync(database, "paper", new JournalQuery(After: 2))).Count.ShouldBe(2);
        (await _server.SqlAsync(new Npgsql.NpgsqlConnectionStringBuilder(database).Database!,
            "SELECT count(*) FROM journal.granary_signal WHERE strategy = 'S2' AND decision = 'accepted'")).Trim().ShouldBe("1");
    }

    [Fact]
    public async Task Lost_for_a_while_it_says_so_and_goes_on_where_it_was_without_a_gap_or_a_double()
    {
        var database = await _server.CreateDatabaseAsync();
        await using var journal = await PostgresJournal.OpenAsync(database, "paper", TimeProvider.System);
        await journal.AppendAsync([Entry(1)]);
        await _server.CrashAsync();
        for (var i = 0; i < 2; i++)
            (await Should.ThrowAsync<JournalException>(async () =>
                await journal.AppendAsync([Entry(2)]))).Message.ShouldContain("trading waits for it");
        await _server.StartServerAsync();
        await journal.AppendAsync([Entry(2), Entry(3)]);
        (await journal.ReadAsync(new JournalQuery()).ToListAsync()).Select(e => e.Sequence).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_session_that_lost_its_lease_with_the_server_does_not_write_over_its_successor()
    {
        var database = await _server.CreateDatabaseAsync();
        await using var first = await PostgresJournal.OpenAsync(database, "paper", TimeProvider.System);
        await first.AppendAsync([Entry(1)]);
        await _server.CrashAsync();
        await Should.ThrowAsync<JournalException>(async () => await first.AppendAsync([Entry(2)]));
        await _server.StartServerAsync();
        await using (var second = await PostgresJournal.OpenAsync(database, "paper", TimeProvider.System))
        {
            await Should.ThrowAsync<LeaseException>(async () => await first.AppendAsync([Entry(2)]));
            await second.AppendAsync([Entry(2)]);
        }
        (await Should.ThrowAsync<LeaseException>(async () => await first.AppendAsync([Entry(2),
            Entry(3)]))).Message.ShouldContain("while the database was lost to this one");
    }
}
