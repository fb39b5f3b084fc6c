using Granary.Engine;
using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Learning.Regimes;

/// <summary>A factor with the states of a batch's regimes, for strategies and models.</summary>
[Factor("state", "State of the batch's regimes, or of one of their machines by name, as its number from 0; without a regimes section a "
    + "short and a long trend (SMA 10/30 and 30/100).", Lines = ",age",
    Formula = "the place of the present state in the list of states, in the order in which they are declared; age = bars since it was "
        + "entered", Source = "Granary's own finite state machines and hidden Markov models",
    Range = "0 …; .age 0 …")]
internal sealed class RegimeState : FactorKernel
{
    private readonly string _machine;
    private readonly RegimePlan _plan;
    private RegimeTracker _tracker = null!;
    private int _at = -1;
    private long _seen, _since;
    private int _state = -1;

    /// <param name="machine">The machine; empty for the combined state.</param>
    public RegimeState(string machine = "") : this(machine, RegimePlan.ShortAndLong())
    {
    }

    internal RegimeState(string machine, RegimePlan plan)
    {
        _machine = machine;
        _plan = plan;
    }

    /// <summary>Returns the kernels that a batch with these regimes supplies to its factor plans.</summary>
    public static Func<FactorRequest, FactorKernel?> Supply(RegimePlan plan) =>
        request => request.Definition.Kernel == typeof(RegimeState) ? new RegimeState((string)request.Arguments[0], plan) : null;

    // The plan's factors have their own warm-up.
    public override int WarmUp => 1;

    /// <exception cref="InputException">The machine does not exist.</exception>
    public override void Start()
    {
        if (_machine.Length > 0)
        {
            _at = _plan.Machines.ToList().FindIndex(m => m.Name == _machine);
            if (_at < 0)
            {
                var near = Spelling.Nearest(_machine, _plan.Machines.Select(m => m.Name));
                throw new InputException($"state({_machine}): the regimes have no machine '{_machine}'; " + (near is null
                    ? $"they have {string.Join(", ", _plan.Machines.Select(m => m.Name))}" : $"did you mean '{near}'?"));
            }
        }
        _tracker = new RegimeTracker(Series, _plan);
    }

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        // A tracker takes blocks; the columns are copied once for all bars of a block.
        _tracker.Next(bars.ToBlock(_seen));
        var states = _at < 0 ? _tracker.States : _tracker.StatesOf(_at);
        var state = lines[0];
        var age = lines[1];
        for (var i = 0; i < states.Length; i++, _seen++)
        {
            if (states[i] != _state) (_state, _since) = (states[i], _seen);
            state[i] = _state < 0 ? double.NaN : _state;
            age[i] = _state < 0 ? double.NaN : _seen - _since;
        }
    }
}
