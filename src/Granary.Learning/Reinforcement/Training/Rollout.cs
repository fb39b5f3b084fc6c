namespace Granary.Learning.Reinforcement.Training;

/// <summary>What the copies of an environment went through between two updates. Sample (t, e) is at t · Environments + e.</summary>
public sealed class Rollout
{
    /// <param name="observationSize">Numbers of an observation.</param>
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

    /// <summary>Samples.</summary>
    public int Count => Steps * Environments;

    /// <summary>Numbers of an observation.</summary>
    public int RowWidth { get; }

    public int ActionSize { get; }

    /// <summary>Normalised.</summary>
    public double[] Observations { get; }

    /// <summary>As they were drawn.</summary>
    public double[] Actions { get; }

    public double[] LogProbabilities { get; }

    public double[] Rewards { get; }

    public bool[] Terminated { get; }

    public bool[] Truncated { get; }

    /// <summary>Where an episode was truncated: the value of the state that it ended in.</summary>
    public double[] FinalValues { get; }

    public double[] Values { get; }

    /// <summary>After the last step, by environment.</summary>
    public double[] LastObservations { get; }

    /// <summary>Of <see cref="LastObservations"/>.</summary>
    public double[] LastValues { get; }

    public double[] Advantages { get; }

    /// <summary>Advantages plus values: what the value network learns.</summary>
    public double[] Returns { get; }

    /// <summary>
    /// Generalised advantage estimation (Schulman et al. 2016): δ = r + γ·next − V, summed with γλ. The next value is 0 after a terminated
    /// step and the final value after a truncated one; the sum begins again after either.
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
