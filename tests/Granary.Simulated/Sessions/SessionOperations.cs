using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Simulated.Kernel;
using Granary.Trading.Live;

namespace Granary.Simulated.Sessions;

/// <summary>The operator: sends commands and weights at drawn times, and again until each is executed.</summary>
internal sealed class SessionOperations
{
    private readonly SessionRun _run;
    private readonly SessionSupervisor _supervisor;
    private readonly World _world;
    private readonly Draws _draws;
    private readonly List<IssuedCommand> _pending = [];
    private readonly List<IssuedCommand> _executed = [];
    private double _kill;
    private int _number;

    public SessionOperations(SessionRun run, SessionSupervisor supervisor)
    {
        (_run, _supervisor, _world) = (run, supervisor, run.World);
        _draws = _world.Draws.Fork("operator");
        // A command that was not executed goes to the next session.
        supervisor.Began = attempt =>
        {
            foreach (var command in _pending) attempt.Control!.Offer(command);
        };
    }

    /// <summary>Commands that a session reported as executed.</summary>
    public IReadOnlyList<IssuedCommand> Executed => _executed;

    /// <summary>Plans the commands of the run; half of the runs have none.</summary>
    public void Start()
    {
        if (_draws.Chance(0.5)) return;
        _kill = _draws.Rate(0.9);
        for (var count = (int)Math.Pow(30, _draws.Unit()); count > 0; count--)
            _world.After(_run.Market.BarEvery * _run.Market.Count * _draws.Unit(), _world.Outside, "operator", Act);
    }

    private void Act()
    {
        var kind = _draws.Below(20);
        var (strategy, symbol) = (_draws.Pick(_run.Traded.Plan.Instances).Id, _draws.Pick(_run.Traded.Instruments).Symbol);
        var (byStrategy, weight, place) = (_draws.Chance(0.5), _draws.Unit(), _draws.Next());
        if (!_world.Faults.Happens("command", 1)) return;
        if (kind < 3)
        {
            _run.IsOperated = true;
            _run.Put(new Dictionary<string, double>(StringComparer.Ordinal) { [strategy] = weight }, _world.Outside.Clock.GetUtcNow());
            return;
        }
        var command = kind switch
        {
            < 5 => Of(SessionCommand.Pause),
            < 9 => Of(SessionCommand.Resume),
            < 11 => Of(SessionCommand.Flatten),
            < 13 => Of(SessionCommand.Close) with { Trade = TradeOf(place) },
            16 => Of(SessionCommand.Close) with { Trade = TradeOf(place), Hand = new HandRequest { Quantity = 1 + weight } },
            17 => Of(SessionCommand.Protect) with { Trade = TradeOf(place), Hand = new HandRequest { Stop = 0, Target = 0 } },
            18 => Of(SessionCommand.Enter) with
            {
                Symbol = symbol,
                Hand = new HandRequest
                {
                    Side = byStrategy ? Side.Buy : Side.Sell,
                    Size = SizeRule.PercentOfEquity(1 + 4 * weight),
                },
            },
            19 => Of(SessionCommand.Reverse) with { Trade = TradeOf(place) },
            13 => Of(SessionCommand.Disable) with { Strategy = byStrategy ? strategy : "", Symbol = byStrategy ? "" : symbol },
            14 => Of(SessionCommand.Enable) with { Strategy = byStrategy ? strategy : "", Symbol = byStrategy ? "" : symbol },
            _ => Of(SessionCommand.Stop),
        };
        _run.IsOperated = true;
        _pending.Add(command);
        _ = SendAsync(command);
        // What a command begins must survive the end of its process.
        if (_supervisor.Current is { Process: { IsDead: false } process } && _world.Faults.Happens("kill after a command", _kill))
            _world.After(_draws.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(5)), _world.Outside, "kills a session",
                process.Kill);
    }

    private IssuedCommand Of(SessionCommand command) => new(command, "operator", "drawn") { Id = $"c{++_number}" };

    // The client id of an entry that the account has.
    private string TradeOf(ulong place)
    {
        var entries = _run.Intended.Where(i => i.EndsWith("-e", StringComparison.Ordinal)).ToList();
        return entries.Count == 0 ? "none" : entries[(int)(place % (ulong)entries.Count)];
    }

    private async Task SendAsync(IssuedCommand command)
    {
        while (_pending.Contains(command))
        {
            await _world.Outside.WaitAsync(_run.Latency(), $"operator sends {command.Command} {command.Id}").ConfigureAwait(false);
            if (_supervisor.Current is { Control: { } control, Process: { IsDead: false, IsFrozen: false } })
            {
                var executed = control.SendAsync(command);
                await Task.WhenAny(executed, _world.Outside.WaitAsync(TimeSpan.FromSeconds(5), "operator waits")).ConfigureAwait(false);
                // A cancelled one goes to the next session.
                if (executed.IsCompletedSuccessfully && _pending.Remove(command)) _executed.Add(command);
            }
            await _world.Outside.WaitAsync(TimeSpan.FromSeconds(1), "operator waits").ConfigureAwait(false);
        }
    }
}
