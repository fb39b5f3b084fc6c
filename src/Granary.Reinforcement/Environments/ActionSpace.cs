namespace Granary.Reinforcement.Environments;

/// <summary>Kind of an environment's actions.</summary>
public enum ActionKind : byte
{
    /// <summary>One of several choices, as its number from 0.</summary>
    Categorical,
    /// <summary>Real numbers, each within bounds.</summary>
    Continuous,
    /// <summary>Weights that are non-negative and add up to 1.</summary>
    Simplex,
}

/// <summary>The actions of an environment.</summary>
/// <param name="Choices">The number of choices, numbers or weights.</param>
/// <param name="Low">The lower bound of continuous actions.</param>
/// <param name="High">The upper bound of continuous actions.</param>
public sealed record ActionSpace(ActionKind Kind, int Choices, double Low = double.NegativeInfinity, double High = double.PositiveInfinity)
{
    /// <summary>The length of an action; 1 for a choice.</summary>
    public int Size => Kind == ActionKind.Categorical ? 1 : Choices;
}
