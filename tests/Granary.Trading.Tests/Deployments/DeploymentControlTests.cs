using System.Text;
using Granary.Contracts.Sessions;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Testing;
using Granary.Trading.Deployments;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Deployments;

/// <summary>Commands to a session beside those to its deployment: the newest one holds, also over a restart.</summary>
public sealed class DeploymentControlTests : IDisposable
{
    private const string One = "SmaCross(fast=5,slow=20)@COIN:1h", Two = "SmaCross(fast=5,slow=30)@COIN:1h";

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-control-").FullName;
    private readonly SteppedClock _clock = new();
    private readonly List<JournalEntry> _journal = [];
    private readonly DeploymentBook _book;

    public DeploymentControlTests()
    {
        _book = new DeploymentBook(new FileDeploymentStore(_folder), _clock);
        var spec = new BatchReader(TestCatalogues.All).Read("x.json", Encoding.UTF8.GetBytes("""
            { "name": "coins", "data": { "source": "csv:.", "symbols": ["COIN"], "timeframe": "1h" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 30] } } ] }
            """), Directory.GetCurrentDirectory());
        var text = Encoding.UTF8.GetBytes($$"""
            { "strategies": [ { "id": "{{One}}", "weight": 1, "symbols": ["COIN"] },
                { "id": "{{Two}}", "weight": 1, "symbols": ["COIN"] } ] }
            """);
        _book.Add(new Production(spec, "hash", "digest", new ValidationVerdict(0, 0, [], [], []),
            new Dictionary<string, string>()), text, _folder,
            new Justification("run", "digest", new Dictionary<string, double>(), []), "me", "");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_strategy_that_the_sessions_operator_stopped_stays_stopped_though_the_deployment_allowed_it_earlier()
    {
        Deploy(enabled: false, One);
        Deploy(enabled: true, One);
        Journal(enabled: false, One);
        Commands(await StartAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_the_deployment_stopped_or_allowed_after_the_journals_last_change_applies_at_the_start()
    {
        Journal(enabled: false, One);
        Deploy(enabled: true, One);
        Deploy(enabled: false, Two);
        Commands(await StartAsync()).ShouldBe([(SessionCommand.Enable, One), (SessionCommand.Disable, Two)]);
    }

    [Fact]
    public async Task A_running_session_takes_each_later_change_of_its_deployment_once_and_no_other()
    {
        var control = await StartAsync();
        Commands(control).ShouldBeEmpty();
        // The operator of the session stopped Two meanwhile; a change of One leaves it stopped.
        Deploy(enabled: false, One);
        Commands(control).ShouldBe([(SessionCommand.Disable, One)]);
        Commands(control).ShouldBeEmpty();
        // The deployment has Two as allowed already, and the newest command holds.
        Deploy(enabled: true, Two);
        Commands(control).ShouldBe([(SessionCommand.Enable, Two)]);
    }

    private void Deploy(bool enabled, string strategy)
    {
        _clock.Now += TimeSpan.FromMinutes(1);
        _book.SetEnabled(1, enabled, strategy, "", "ann", "a test");
    }

    private void Journal(bool enabled, string strategy)
    {
        _clock.Now += TimeSpan.FromMinutes(1);
        var change = new EnablementChanged(0, enabled, "bob", "") { Strategy = strategy };
        _journal.Add(JournalCodec.Encode(_journal.Count + 1, _clock.Now, change));
    }

    private async Task<DeploymentControl> StartAsync()
    {
        var control = new DeploymentControl(new NoCommands(), _book, 1, _clock);
        await control.BeginAsync(_journal.ToAsyncEnumerable(), "account", _folder);
        return control;
    }

    private List<(SessionCommand, string)> Commands(DeploymentControl control)
    {
        _clock.Now += TimeSpan.FromMinutes(1);
        return [.. control.Take().Select(c => (c.Command, c.Strategy))];
    }

    private sealed class NoCommands : ISessionControl
    {
        public IReadOnlyList<IssuedCommand> Take() => [];

        public void Show(LiveStatus status, bool now)
        {
        }
    }

    private sealed class SteppedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => Now.UtcTicks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }
}
