using Granary.Cluster.Tests.Fixtures;
using Granary.Silo;
using Granary.Silo.Clustering;
using Granary.Silo.Options;
using Granary.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Storage;

namespace Granary.Cluster.Tests.Storage;

/// <summary>Orleans' own ADO.NET providers over our tables, on a real server: what each of them owes to the grains.</summary>
public sealed class PostgresProvidersTests(PostgresProvidersTests.Silo silo) : IClassFixture<PostgresProvidersTests.Silo>
{
    [NeedsPostgres]
    public sealed class Silo : IAsyncLifetime
    {
        private PostgresServer _server = null!;
        private NpgsqlDataSource _database = null!;
        private WebApplication _app = null!;

        internal string Connection { get; private set; } = null!;

        internal PostgresServer Server => _server;

        internal IServiceProvider Services => _app.Services;

        public async ValueTask InitializeAsync()
        {
            _server = await PostgresServer.ShareAsync();
            Connection = await _server.CreateDatabaseAsync();
            _database = ClusterDatabase.Open(Connection);
            await ClusterDatabase.PrepareAsync(_database, TimeSpan.FromSeconds(30), NullLogger.Instance, default);
            var ports = FreePorts.Take(3);
            _app = SiloApplication.Build(new SiloSettings
            {
                Clustering = Clustering.Postgres,
                Connection = Connection,
                ClusterId = "storage",
                Urls = $"http://127.0.0.1:{ports[0]}",
                SiloPort = ports[1],
                GatewayPort = ports[2],
                Advertise = System.Net.IPAddress.Loopback,
                Runs = Directory.CreateTempSubdirectory("granary-runs-").FullName,
            }, TestCatalogues.All, _database);
            await _app.StartAsync();
        }

        public async ValueTask DisposeAsync()
        {
            if (_app is null) return; // it did not start
            await _app.StopAsync();
            await _app.DisposeAsync();
            await _database.DisposeAsync();
            await _server.DisposeAsync();
        }
    }

    private IGrainStorage Storage => silo.Services.GetRequiredKeyedService<IGrainStorage>(ClusterProviders.State);

    private static GrainId NewGrain() => GrainId.Create("test", Guid.NewGuid().ToString("N"));

    [Fact]
    public async Task State_comes_back_as_it_was_written_and_each_write_has_a_tag_of_its_own()
    {
        var grain = NewGrain();
        var written = new GrainState<Remembered>(new Remembered { Text = "Zürich", Numbers = [1.5, double.NaN, double.MaxValue] });
        await Storage.WriteStateAsync("s", grain, written);
        var first = written.ETag;
        written.State!.Text = "Genève";
        await Storage.WriteStateAsync("s", grain, written);
        written.ETag.ShouldNotBe(first);
        var read = new GrainState<Remembered>();
        await Storage.ReadStateAsync("s", grain, read);
        (read.RecordExists, read.ETag, read.State!.Text).ShouldBe((true, written.ETag, "Genève"));
        read.State!.Numbers.ShouldBe([1.5, double.NaN, double.MaxValue]);
    }

    [Fact]
    public async Task A_grain_that_never_wrote_reads_nothing_and_does_not_see_other_kinds_or_keys()
    {
        var grain = NewGrain();
        await Storage.WriteStateAsync("s", grain, new GrainState<Remembered>(new Remembered { Text = "mine" }));
        foreach (var (name, id) in new[] { ("other", grain), ("s", NewGrain()) })
        {
            var read = new GrainState<Remembered>();
            await Storage.ReadStateAsync(name, id, read);
            (read.RecordExists, read.ETag).ShouldBe((false, (string?)null));
        }
    }

    [Fact]
    public async Task A_write_with_a_stale_tag_is_refused_and_changes_nothing()
    {
        var grain = NewGrain();
        var one = new GrainState<Remembered>(new Remembered { Text = "one" });
        await Storage.WriteStateAsync("s", grain, one);
        var two = new GrainState<Remembered>();
        await Storage.ReadStateAsync("s", grain, two);
        two.State!.Text = "two";
        await Storage.WriteStateAsync("s", grain, two);
        one.State!.Text = "late";
        await Should.ThrowAsync<InconsistentStateException>(() => Storage.WriteStateAsync("s", grain, one));
        await Should.ThrowAsync<InconsistentStateException>(() => Storage.ClearStateAsync("s", grain, one));
        var read = new GrainState<Remembered>();
        await Storage.ReadStateAsync("s", grain, read);
        read.State!.Text.ShouldBe("two");
    }

    [Fact]
    public async Task Of_twenty_who_write_a_grain_for_the_first_time_at_once_exactly_one_does()
    {
        var grain = NewGrain();
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            try
            {
                await Storage.WriteStateAsync("s", grain, new GrainState<Remembered>(new Remembered { Text = $"{i}" }));
                return 1;
            }
            catch (InconsistentStateException)
            {
                return 0;
            }
        }));
        results.Sum().ShouldBe(1);
    }

    [Fact]
    public async Task Cleared_state_is_gone_and_can_be_written_again()
    {
        var grain = NewGrain();
        var state = new GrainState<Remembered>(new Remembered { Text = "x" });
        await Storage.WriteStateAsync("s", grain, state);
        await Storage.ClearStateAsync("s", grain, state);
        state.RecordExists.ShouldBeFalse();
        var read = new GrainState<Remembered>();
        await Storage.ReadStateAsync("s", grain, read);
        read.RecordExists.ShouldBeFalse();
        read.State = new Remembered { Text = "again" };
        await Storage.WriteStateAsync("s", grain, read);
        await Storage.ReadStateAsync("s", grain, read);
        read.State!.Text.ShouldBe("again");
    }

#pragma warning disable CS0618 // Orleans renamed these members (ReadAllAsync and so on) within 10.4; each version has the old names
    [Fact]
    public async Task Membership_changes_only_on_the_version_that_it_was_decided_on()
    {
        // The members of a cluster of its own: the running silo would declare the made-up one dead in the middle of the test.
        var table = (IMembershipTable)ActivatorUtilities.CreateInstance(silo.Services,
            silo.Services.GetRequiredService<IMembershipTable>().GetType(),
            Options.Create(new ClusterOptions { ClusterId = "made up", ServiceId = "made up" }));
        await table.InitializeMembershipTable(true);
        var living = Entry("10.9.8.5", SiloStatus.Active);
        (await table.InsertRow(living, (await table.ReadAll()).Version.Next())).ShouldBeTrue();
        var before = await table.ReadAll();
        var entry = Entry("10.9.8.7", SiloStatus.Joining);
        (await table.InsertRow(entry, before.Version.Next())).ShouldBeTrue();
        (await table.InsertRow(entry, before.Version.Next())).ShouldBeFalse("the version is stale");
        var after = await table.ReadAll();
        (await table.InsertRow(entry, after.Version.Next())).ShouldBeFalse("the silo is there already");
        after.Version.Version.ShouldBe(before.Version.Version + 1);
        (await table.ReadAll()).Version.Version.ShouldBe(after.Version.Version);

        entry.Status = SiloStatus.Dead;
        entry.AddSuspector(SiloAddress.New(System.Net.IPAddress.Loopback, 1, 1), DateTime.UtcNow);
        var tag = after.Members.Single(m => m.Item1.SiloAddress.Equals(entry.SiloAddress)).Item2;
        (await table.UpdateRow(entry, tag, before.Version.Next())).ShouldBeFalse("the version is stale");
        (await table.UpdateRow(entry, tag, after.Version.Next())).ShouldBeTrue();
        var row = (await table.ReadRow(entry.SiloAddress)).Members.ShouldHaveSingleItem().Item1;
        (row.Status, row.SiloName, row.SuspectTimes!.Count).ShouldBe((SiloStatus.Dead, "10.9.8.7", 1));
        var version = (await table.ReadAll()).Version;
        (await table.UpdateRow(Entry("10.9.8.6", SiloStatus.Joining), tag, version.Next())).ShouldBeFalse("there is no such silo");
        (await table.ReadAll()).Version.Version.ShouldBe(version.Version, "a change of nothing moves no version");

        await table.CleanupDefunctSiloEntries(DateTimeOffset.UtcNow.AddMinutes(1));
        var left = await table.ReadAll();
        left.Members.ShouldHaveSingleItem().Item1.SiloName.ShouldBe("10.9.8.5", "an active silo is never cleaned up");
    }

    private static MembershipEntry Entry(string address, SiloStatus status) => new()
    {
        SiloAddress = SiloAddress.New(System.Net.IPAddress.Parse(address), 1234, 42),
        SiloName = address,
        HostName = "nowhere",
        Status = status,
        StartTime = DateTime.UtcNow,
        IAmAliveTime = DateTime.UtcNow,
    };
#pragma warning restore CS0618

    [Fact]
    public async Task Reminders_are_found_by_grain_by_name_and_by_range_also_around_the_end()
    {
        var table = silo.Services.GetRequiredService<IReminderTable>();
        var entries = Enumerable.Range(0, 64)
            .Select(i => new ReminderEntry
            {
                GrainId = GrainId.Create("reminded", $"{i}"),
                ReminderName = "wake",
                StartAt = DateTime.UtcNow,
                Period = TimeSpan.FromDays(30)
            }).ToList();
        foreach (var entry in entries) await table.UpsertRow(entry);
        foreach (var (begin, end) in new[] { (0u, 0x7fffffffu), (0x7fffffffu, 0xffffffffu), (0xc0000000u, 0x40000000u),
            (0x40000000u, 0xc0000000u), (0u, 0u) })
        {
            bool Inside(uint h) => begin < end ? h > begin && h <= end : h > begin || h <= end;
            var found = (await table.ReadRows(begin, end)).Reminders.Where(r => r.GrainId.Type.ToString() == "reminded")
                .Select(r => r.GrainId).Order().ToList();
            found.ShouldBe(entries.Select(e => e.GrainId).Where(g => Inside(g.GetUniformHashCode())).Order().ToList(),
                $"({begin:x}, {end:x}]");
        }
        var one = (await table.ReadRow(entries[0].GrainId, "wake"))!;
        one.Period.ShouldBe(TimeSpan.FromDays(30));
        var tag = await table.UpsertRow(entries[0]);
        (await table.RemoveRow(entries[0].GrainId, "wake", one.ETag!)).ShouldBeFalse("the tag is stale");
        (await table.RemoveRow(entries[0].GrainId, "wake", tag!)).ShouldBeTrue();
        (await table.ReadRows(entries[0].GrainId)).Reminders.ShouldBeEmpty();
    }
}

[GenerateSerializer, Alias("test.Remembered")]
public sealed class Remembered
{
    [Id(0)]
    public string Text { get; set; } = "";

    [Id(1)]
    public double[] Numbers { get; set; } = [];
}
