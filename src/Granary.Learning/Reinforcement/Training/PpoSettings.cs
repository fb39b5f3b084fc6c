using Granary.Learning.Networks;

namespace Granary.Learning.Reinforcement.Training;

/// <summary>How proximal policy optimisation trains (Schulman et al. 2017). The defaults suit a dense reward and short episodes.</summary>
public sealed record PpoSettings
{
    /// <summary>Copies of the environment that are stepped together.</summary>
    public int Environments { get; init; } = 16;

    /// <summary>Steps of each copy between two updates.</summary>
    public int Horizon { get; init; } = 128;

    /// <summary>Passes over the samples of an update, at most.</summary>
    public int Epochs { get; init; } = 4;

    /// <summary>Samples of one optimiser step.</summary>
    public int Minibatch { get; init; } = 256;

    public double LearningRate { get; init; } = 3e-4;

    /// <summary>Whether the learning rate falls to zero in a line.</summary>
    public bool FallingRate { get; init; } = true;

    /// <summary>Worth of a reward one step later.</summary>
    public double Gamma { get; init; } = 0.99;

    /// <summary>Of generalised advantage estimation: 0 = one step, 1 = whole episodes.</summary>
    public double Lambda { get; init; } = 0.95;

    /// <summary>How far the ratio of probabilities may be from 1 before the objective is cut.</summary>
    public double Clip { get; init; } = 0.2;

    /// <summary>Whether the value's loss is cut where the value has moved by more than <see cref="Clip"/>.</summary>
    public bool ClipValueLoss { get; init; } = true;

    public double EntropyCoefficient { get; init; }

    public double ValueCoefficient { get; init; } = 0.5;

    public double MaxGradientNorm { get; init; } = 0.5;

    public double AdamEpsilon { get; init; } = 1e-5;

    /// <summary>Whether advantages get mean 0 and deviation 1 in each minibatch.</summary>
    public bool NormalizeAdvantages { get; init; } = true;

    /// <summary>Whether observations get mean 0 and deviation 1, measured while training.</summary>
    public bool NormalizeObservations { get; init; } = true;

    /// <summary>Whether rewards are divided by the running deviation of their discounted sum.</summary>
    public bool ScaleRewards { get; init; } = true;

    /// <summary>An update ends after the epoch that moves the policy by more; 0 = never.</summary>
    public double TargetKl { get; init; }

    /// <summary>
    /// Episodes without random actions by which policies are compared while training: the best of about 40 is the result. 0 = the last
    /// policy is.
    /// </summary>
    public int SelectionEpisodes { get; init; }

    /// <summary>Units of each hidden layer, of the policy and of the value network.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [64, 64];

    public Activation Activation { get; init; } = Activation.Tanh;

    /// <summary>Natural logarithm of the deviation with which continuous actions begin.</summary>
    public double LogDeviation { get; init; }
}
