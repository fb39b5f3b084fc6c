using Granary.Engine.Numerics;
using Granary.Reinforcement.Environments;

namespace Granary.Reinforcement.ReferenceTasks;

/// <summary>
/// Two random binary digits are shown, then two blanks; the digits must be repeated in order, with a reward of ½ for each. Policies have no
/// memory, so an observation contains the last five symbols.
/// </summary>
/// <remarks>State: step, the two digits. Observation: the symbols of the last five steps, newest first; 0 and 1 are encoded as −1 and 1, a
/// blank as 0.</remarks>
internal sealed class Memory : IEnvironment
{
    private const int Digits = 2, Delay = 2, Steps = 2 * Digits + Delay;

    private readonly double[] _digits = new double[Digits];
    private int _step;

    public ActionSpace Actions { get; } = new(ActionKind.Categorical, 2);

    public int ObservationSize => 5;

    public int StateSize => 1 + Digits;

    public int StepLimit => 0;

    public void Reset(ref PortableRandom random)
    {
        for (var i = 0; i < Digits; i++) _digits[i] = random.Next(2);
        _step = 0;
    }

    public StepResult Step(ReadOnlySpan<double> action, ref PortableRandom random)
    {
        var asked = _step - (Digits + Delay);
        var reward = asked is >= 0 and < Digits && action[0] == _digits[asked] ? 1.0 / Digits : 0;
        _step++;
        return new StepResult(reward, _step >= Steps);
    }

    public void Observe(Span<double> target)
    {
        for (var i = 0; i < ObservationSize; i++)
        {
            var at = _step - i;
            target[i] = at is >= 0 and < Digits ? 2 * _digits[at] - 1 : 0;
        }
    }

    public void CopyState(Span<double> target)
    {
        target[0] = _step;
        _digits.CopyTo(target[1..]);
    }

    public void SetState(ReadOnlySpan<double> state)
    {
        _step = (int)state[0];
        state.Slice(1, Digits).CopyTo(_digits);
    }
}
