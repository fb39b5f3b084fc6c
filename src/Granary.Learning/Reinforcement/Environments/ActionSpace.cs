namespace Granary.Learning.Reinforcement.Environments;

/// <summary>What an environment takes as an action.</summary>
public enum ActionKind : byte
{
    /// <summary>One of several choices, as its number from 0.</summary>
    Categorical,
    /// <summary>Real numbers, each within bounds.</summary>
    Continuous,
    /// <summary>Weights that are not negative and add up to 1.</summary>
    Simplex,
}

/// <summary>The actions of an environment.</summary>
/// <param name="Choices">How many choices, numbers or weights.</param>
/// <param name="Low">The lowest number; of continuous actions.</param>
/// <param name="High">The highest number; of continuous actions.</param>
public sealed record ActionSpace(ActionKind Kind, int Choices, double Low = double.NegativeInfinity, double High = double.PositiveInfinity)
{
    /// <summary>Numbers of an action: one for a choice.</summary>
    public int Size => Kind == ActionKind.Categorical ? 1 : Choices;
}
