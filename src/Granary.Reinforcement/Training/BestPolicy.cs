using Granary.Reinforcement.Environments;
using Granary.Reinforcement.Evaluation;
using Granary.Reinforcement.Policies;

namespace Granary.Reinforcement.Training;

/// <summary>
/// Keeps the best policy of a training, since the last one can be worse than an earlier one. The episodes for the comparison are used
/// neither in training nor in a later evaluation.
/// </summary>
/// <param name="policy">The policy that the training changes.</param>
/// <param name="environment">A copy that the training does not use.</param>
/// <param name="episodes">The number of episodes per comparison, always the same ones.</param>
internal sealed class BestPolicy(TrainedPolicy policy, IEnvironment environment, int episodes, long seed)
{
    private const long OwnEpisodes = 0x53656C656374;

    private readonly double[] _parameters = new double[policy.Networks.Parameters.Length];
    private byte[] _moments = [];
    private double _mean = double.NegativeInfinity;

    /// <summary>Keeps the current policy if no earlier one was better.</summary>
    public void Compare()
    {
        var mean = PolicyEvaluation.Run(policy, environment, episodes, seed ^ OwnEpisodes).Mean;
        if (!(mean >= _mean)) return;
        _mean = mean;
        policy.Networks.Parameters.AsSpan().CopyTo(_parameters);
        if (policy.Normaliser is not { } normaliser) return;
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream)) normaliser.Moments.Write(writer);
        _moments = stream.ToArray();
    }

    /// <summary>Restores the best policy.</summary>
    public void Restore()
    {
        if (double.IsNegativeInfinity(_mean)) return;
        _parameters.CopyTo(policy.Networks.Parameters.AsSpan());
        if (policy.Normaliser is not { } normaliser) return;
        using var reader = new BinaryReader(new MemoryStream(_moments));
        normaliser.Moments.Read(reader);
        normaliser.Refresh();
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(_mean);
        foreach (var value in _parameters) writer.Write(value);
        writer.Write(_moments.Length);
        writer.Write(_moments);
    }

    public void Read(BinaryReader reader)
    {
        _mean = reader.ReadDouble();
        foreach (ref var value in _parameters.AsSpan()) value = reader.ReadDouble();
        _moments = reader.ReadBytes(reader.ReadInt32());
    }
}
