namespace Granary.Reinforcement.Training;

/// <summary>Steps of all copies of an environment between two updates. Sample (t, e) is at t · Environments + e.</summary>
internal sealed class Rollout
{
    /// <param name="observationSize">The length of an observation.</param>
    public Rollout(int steps, int environments, int observationSize, int actionSize)
    {
        (Steps, Environments) = (steps, environments);
        RowWidth = observationSize;
        ActionSize = actionSize;
        var n = steps * environments;
        Observations = new double[n * RowWidth];
        Actions = new double[n * actionSize];
        LogProbabilities = new double[n];
        Rewards = new double[n];
        Terminated = new bool[n];
        Truncated = new bool[n];
        FinalValues = new double[n];
        Values = new double[n];
        LastObservations = new double[environments * RowWidth];
        LastValues = new double[environments];
        Advantages = new double[n];
        Returns = new double[n];
    }

    public int Steps { get; }

    public int Environments { get; }

    /// <summary>The number of samples.</summary>
    public int Count => Steps * Environments;

    /// <summary>The length of an observation.</summary>
    public int RowWidth { get; }

    public int ActionSize { get; }

    /// <summary>Normalised observations.</summary>
    public double[] Observations { get; }

    /// <summary>Actions as they were drawn.</summary>
    public double[] Actions { get; }

    public double[] LogProbabilities { get; }

    public double[] Rewards { get; }

    public bool[] Terminated { get; }

    public bool[] Truncated { get; }

    /// <summary>If an episode was truncated at the step, the value of its final state.</summary>
    public double[] FinalValues { get; }

    public double[] Values { get; }

    /// <summary>The observations after the last step, by environment.</summary>
    public double[] LastObservations { get; }

    /// <summary>Values of <see cref="LastObservations"/>.</summary>
    public double[] LastValues { get; }

    public double[] Advantages { get; }

    /// <summary>Advantages plus values: the targets of the value network.</summary>
    public double[] Returns { get; }

    /// <summary>
    /// Generalised advantage estimation (Schulman et al. 2016): δ = r + γ·next − V, summed with γλ. The next value is 0 after a terminated
    /// step and the final value after a truncated one; the sum restarts after either.
    /// </summary>
    public void EstimateAdvantages(double gamma, double lambda)
    {
        for (var e = 0; e < Environments; e++)
        {
            var sum = 0.0;
            var next = LastValues[e];
            for (var i = (Steps - 1) * Environments + e; i >= 0; i -= Environments)
            {
                if (Terminated[i]) (sum, next) = (0, 0);
                else if (Truncated[i]) (sum, next) = (0, FinalValues[i]);
                sum = Rewards[i] + gamma * next - Values[i] + gamma * lambda * sum;
                Advantages[i] = sum;
                Returns[i] = sum + Values[i];
                next = Values[i];
            }
        }
    }
}
