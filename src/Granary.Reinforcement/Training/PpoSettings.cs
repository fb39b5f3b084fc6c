using Granary.Learning.Networks;

namespace Granary.Reinforcement.Training;

/// <summary>Settings of proximal policy optimisation (Schulman et al. 2017). The defaults suit a dense reward and short episodes.</summary>
public sealed record PpoSettings
{
    /// <summary>The number of environment copies that are stepped together.</summary>
    public int Environments { get; init; } = 16;

    /// <summary>The number of steps of each copy between two updates.</summary>
    public int Horizon { get; init; } = 128;

    /// <summary>The maximum number of passes over the samples of an update.</summary>
    public int Epochs { get; init; } = 4;

    /// <summary>The number of samples in one optimiser step.</summary>
    public int Minibatch { get; init; } = 256;

    public double LearningRate { get; init; } = 3e-4;

    /// <summary>Whether the learning rate decreases linearly to zero.</summary>
    public bool FallingRate { get; init; } = true;

    /// <summary>Discount factor per step.</summary>
    public double Gamma { get; init; } = 0.99;

    /// <summary>λ of generalised advantage estimation: 0 = one step, 1 = complete episodes.</summary>
    public double Lambda { get; init; } = 0.95;

    /// <summary>The distance of the probability ratio from 1 at which the objective is clipped.</summary>
    public double Clip { get; init; } = 0.2;

    /// <summary>Whether the value loss is clipped if the value has changed by more than <see cref="Clip"/>.</summary>
    public bool ClipValueLoss { get; init; } = true;

    public double EntropyCoefficient { get; init; }

    public double ValueCoefficient { get; init; } = 0.5;

    public double MaxGradientNorm { get; init; } = 0.5;

    public double AdamEpsilon { get; init; } = 1e-5;

    /// <summary>Whether advantages are normalised to mean 0 and deviation 1 in each minibatch.</summary>
    public bool NormalizeAdvantages { get; init; } = true;

    /// <summary>Whether observations are normalised to mean 0 and deviation 1, with moments from the training.</summary>
    public bool NormalizeObservations { get; init; } = true;

    /// <summary>Whether rewards are divided by the running deviation of their discounted sum.</summary>
    public bool ScaleRewards { get; init; } = true;

    /// <summary>An update ends after the epoch in which the divergence of the policy exceeds this; 0 = never.</summary>
    public double TargetKl { get; init; }

    /// <summary>
    /// The number of episodes without random actions for comparing policies during training; the best of about 40 is the result. With 0 the
    /// last policy is the result.
    /// </summary>
    public int SelectionEpisodes { get; init; }

    /// <summary>The number of units of each hidden layer, in both networks.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [64, 64];

    public Activation Activation { get; init; } = Activation.Tanh;

    /// <summary>Initial natural logarithm of the standard deviation of continuous actions.</summary>
    public double LogDeviation { get; init; }
}
