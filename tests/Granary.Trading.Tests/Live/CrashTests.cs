using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Testing;

namespace Granary.Trading.Tests.Live;

/// <summary>
/// A session dies by SIGKILL before or after one of its writes or sends; started again, it ends as if nothing had been. At two points, and
/// at a hundred with <c>GRANARY_TEST_LONG=1</c>. The scenario <c>sessions</c> of <c>tests/seeds.sh</c> kills at any await.
/// </summary>
public sealed class CrashTests : IDisposable
{
    // Two weeks of bars: each death trades them again.
    private const string To = "2022-01-15";

    private static readonly PaperSettings Rough =
        new() { Seed = 5, Latency = TimeSpan.FromMinutes(2), RejectShare = 0.1, PartialShare = 0.3, TimeoutShare = 0.2 };

    private static readonly int s_deaths = TestEffort.Of(2, 100);

    private readonly SessionUnderTest _under = new();

    public void Dispose() => _under.Dispose();

    // Counts boundaries, and dies at one of them.
    private sealed class Fate(int? at, Func<Task>? die = null)
    {
        public int Passed { get; private set; }

        public async ValueTask BoundaryAsync()
        {
            if (++Passed == at) await die!();
        }
    }

    private sealed class MortalJournal(IJournal inner, Fate fate) : IJournal
    {
        public string Name => inner.Name;

        public long Last => inner.Last;

        public string? Cut => inner.Cut;

        public async ValueTask AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default)
        {
            await fate.BoundaryAsync();
            await inner.AppendAsync(entries, cancellationToken);
            await fate.BoundaryAsync();
        }

        public async IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query, [EnumeratorCancellation]
            CancellationToken cancellationToken = default)
        {
            await foreach (var entry in inner.ReadAsync(query, cancellationToken)) yield return entry;
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class MortalBroker(IBroker inner, Fate fate) : IBroker, IMarketListener
    {
        public string Name => inner.Name;

        private async ValueTask<T> Around<T>(Func<ValueTask<T>> call)
        {
            await fate.BoundaryAsync();
            var answer = await call();
            await fate.BoundaryAsync();
            return answer;
        }

        public ValueTask<BrokerOrderStatus> SubmitAsync(BrokerOrder order, CancellationToken cancellationToken = default) =>
            Around(() => inner.SubmitAsync(order, cancellationToken));

        public ValueTask<BrokerOrderStatus?> CancelAsync(string clientId, CancellationToken cancellationToken = default) =>
            Around(() => inner.CancelAsync(clientId, cancellationToken));

        public ValueTask<BrokerOrderStatus?> ProtectAsync(string clientId, double stopPrice, double targetPrice,
            CancellationToken cancellationToken = default) =>
                Around(() => inner.ProtectAsync(clientId, stopPrice, targetPrice, cancellationToken));

        public ValueTask<BrokerOrderStatus?> MoveStopAsync(string clientId, double stopPrice,
            CancellationToken cancellationToken = default) =>
                Around(() => inner.MoveStopAsync(clientId, stopPrice, cancellationToken));

        public ValueTask<BrokerOrderStatus?> FindAsync(string clientId, CancellationToken cancellationToken = default) =>
            inner.FindAsync(clientId, cancellationToken);

        public ValueTask<IReadOnlyList<BrokerEvent>> PollAsync(long after, CancellationToken cancellationToken = default) =>
            inner.PollAsync(after, cancellationToken);

        public ValueTask<BrokerSnapshot> SnapshotAsync(CancellationToken cancellationToken = default) =>
            inner.SnapshotAsync(cancellationToken);

        public async ValueTask OnBarsAsync(long timestamp, IReadOnlyList<ClosedBar> bars, CancellationToken cancellationToken = default)
        {
            await ((IMarketListener)inner).OnBarsAsync(timestamp, bars, cancellationToken);
            await fate.BoundaryAsync();
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private async Task<string> ProductionFileAsync() => Path.Combine((await _under.BacktestAsync(to: To,
        data: $", \"funding\": \"{FundingFiles.OfSamples(Path.Combine(_under.Folder, "funding.csv"))}\"")).Folder, "prod.json");

    private Task<SessionEnd> TradeAsync(Production production, string state, Fate fate) =>
        SessionUnderTest.TradeAsync(production, Path.Combine(_under.Folder, state), Rough, To,
            parts: new(j => new MortalJournal(j, fate), b => new MortalBroker(b, fate)));

    // Fails with the lines that differ, not with all of both.
    private static void IsTheAccount(SessionEnd end, string account, string about)
    {
        var (ends, wanted) = (end.Account().Split('\n'), account.Split('\n'));
        ends.Except(wanted).Select(l => "is " + l).Concat(wanted.Except(ends).Select(l => "not " + l)).ShouldBeEmpty(about);
        ends.ShouldBe(wanted, about);
    }

    [Fact]
    public async Task Killed_by_the_system_it_ends_as_if_it_had_not_been()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("SIGKILL is not of this system");
        var file = await ProductionFileAsync();
        var production = new ProductionReader(TestCatalogues.All).Read(file);
        var undisturbed = new Fate(null);
        var expected = await TradeAsync(production, "undisturbed", undisturbed);
        var account = expected.Account();
        var random = new Random(2027);
        var deaths = 0;
        // A slower machine writes more often: what lies behind the last write of a session kills no process, and is drawn again.
        for (var draw = 0; deaths < s_deaths; draw++)
        {
            draw.ShouldBeLessThan(40, "sessions ended where they should have died");
            int[] points = [.. Enumerable.Range(0, SessionsOfAVictim).Select(_ => 1 + random.Next(undisturbed.Passed))];
            var states = Path.Combine(_under.Folder, $"killed-{draw}");
            await DieAsync(file, states, points);
            for (var i = 0; i < points.Length; i++)
            {
                if (!File.Exists(Ended(states, i))) deaths++;
                var end = await TradeAsync(production, Session(states, i), new Fate(null));
                end.Digest.ShouldBe(expected.Digest, $"killed at {points[i]}");
                IsTheAccount(end, account, $"killed at {points[i]}");
            }
            Directory.Delete(states, recursive: true);
        }
    }

    // Each session waits at its point until all of the process have come to theirs; then SIGKILL ends them all. Some more than are asked
    // for, so that one process is enough where a few end before their points.
    private static readonly int SessionsOfAVictim = Math.Min(s_deaths + 2, 22);

    private const string VictimAt = "GRANARY_TEST_VICTIM_AT";
    private const string VictimStates = "GRANARY_TEST_VICTIM_STATES";
    private const string VictimProduction = "GRANARY_TEST_VICTIM_PRODUCTION";

    private static string Session(string states, int session) => Path.Combine(states, session.ToString(CultureInfo.InvariantCulture));

    private static string Ended(string states, int session) => Session(states, session) + ".ended";

    // This very assembly, of which it runs nothing but the victim.
    private static async Task DieAsync(string production, string states, int[] points)
    {
        string[] arguments =
        [
            typeof(CrashTests).Assembly.Location, "-noLogo", "-noColor", "-explicit", "only",
            "-method", $"{typeof(CrashTests).FullName}.{nameof(A_victim_trades_until_it_is_killed)}",
        ];
        var call = new ProcessStartInfo("dotnet", arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        call.Environment[VictimAt] = string.Join(',', points);
        call.Environment[VictimStates] = states;
        call.Environment[VictimProduction] = production;
        TestCosts.Count(Started.Process);
        using var process = Process.Start(call)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(137, $"{await output}{await error}");
    }

    [Fact(Explicit = true)]
    public async Task A_victim_trades_until_it_is_killed()
    {
        var at = Environment.GetEnvironmentVariable(VictimAt);
        if (at is null) Assert.Skip("it is a process that another test starts");
        int[] points = [.. at.Split(',').Select(p => int.Parse(p, CultureInfo.InvariantCulture))];
        var states = Environment.GetEnvironmentVariable(VictimStates)!;
        var production = new ProductionReader(TestCatalogues.All).Read(Environment.GetEnvironmentVariable(VictimProduction)!);
        var underWay = points.Length;
        async Task AwaitTheKillAsync()
        {
            if (Interlocked.Decrement(ref underWay) == 0) Process.GetCurrentProcess().Kill();
            await Task.Delay(Timeout.Infinite);
        }
        await Task.WhenAll(points.Select(async (point, session) =>
        {
            var fate = new Fate(point, AwaitTheKillAsync);
            await SessionUnderTest.TradeAsync(production, Session(states, session), Rough, To,
                parts: new(j => new MortalJournal(j, fate), b => new MortalBroker(b, fate)));
            await File.WriteAllTextAsync(Ended(states, session), "it came to its end before its point");
            await AwaitTheKillAsync();
        }));
    }
}
