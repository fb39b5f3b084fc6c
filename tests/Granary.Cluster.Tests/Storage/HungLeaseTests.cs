using System.Net;
using System.Text;
using Granary.Cluster.Tests.Fixtures;
using Granary.Data.Journals;
using Granary.Postgres.Journals;
using Granary.Testing;
using Npgsql;

namespace Granary.Cluster.Tests.Storage;

/// <summary>A process that hangs keeps its connections open, and must not keep an account with them.</summary>
public sealed class HungLeaseTests
{
    private static JournalEntry Entry(long n) =>
        new(n, DateTimeOffset.UnixEpoch.AddSeconds(n), "SignalDecided", "S1", "BTC", Encoding.UTF8.GetBytes($$"""{"number":{{n}}}"""));

    [Fact]
    public async Task A_session_that_sends_nothing_loses_its_account_and_does_not_write_behind_its_successor()
    {
        await using var server = await PostgresServer.StartAsync();
        using var relay = new TcpRelay(IPAddress.Loopback, server.Port);
        var database = await server.CreateDatabaseAsync();
        var slow = new NpgsqlConnectionStringBuilder(database) { Host = "127.0.0.1", Port = relay.Port }.ConnectionString;
        await using var hung = await PostgresJournal.OpenAsync(slow, "paper", TimeProvider.System, "the hung one");
        await hung.AppendAsync([Entry(1)]);
        relay.Delay = TimeSpan.FromHours(1);

        PostgresJournal? next = null;
        await Eventually.HoldsAsync(async () =>
        {
            try
            {
                next = await PostgresJournal.OpenAsync(database, "paper", TimeProvider.System);
            }
            catch (LeaseException e)
            {
                e.Message.ShouldContain("is traded by the hung one, process");
            }
            return next is not null;
        });
        relay.Delay = TimeSpan.Zero;
        await using (next!)
        {
            // The first calls may still go to the connection that was ended.
            await Eventually.HoldsAsync(() => IsRefusedAsync("is traded by a session, process"));
            (await IsRefusedAsync("is traded by a session, process")).ShouldBeTrue("its connection is open, and without the lease");
            await next!.AppendAsync([Entry(2)]);
        }
        (await IsRefusedAsync("was traded by another session")).ShouldBeTrue();
        (await PostgresJournal.PeekAsync(database, "paper", new JournalQuery())).Count.ShouldBe(2);

        async Task<bool> IsRefusedAsync(string why)
        {
            try
            {
                await hung.AppendAsync([Entry(2), Entry(3)]);
                throw new InvalidOperationException("it wrote without its lease");
            }
            catch (JournalException)
            {
                return false;
            }
            catch (LeaseException e)
            {
                e.Message.ShouldContain(why);
                return true;
            }
        }
    }
}
