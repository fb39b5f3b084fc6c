using System.Security.Cryptography;
using System.Text;
using Granary.Engine;

namespace Granary.Reinforcement.Policies;

/// <summary>A policy with the names and base weights of its strategies; the content of a version in the registry.</summary>
internal sealed class WeightPolicy
{
    private const string Mark = "granary-weights-2";

    private readonly TrainedPolicy _policy;
    private readonly byte[] _file;
    private readonly double[] _baseWeights, _action, _wanted;

    /// <param name="names">The names, in the order of the observation.</param>
    /// <param name="baseWeights">The base weights in this order, which an action tilts.</param>
    /// <param name="policy">A policy on a simplex with one more component than there are names: the last one is cash.</param>
    /// <param name="band">The band of <see cref="NoTradeBand"/>.</param>
    public WeightPolicy(IReadOnlyList<string> names, double[] baseWeights, TrainedPolicy policy, double band)
    {
        (Names, _baseWeights, Band, _file) = (names, baseWeights, band, policy.ToBytes());
        // A policy has buffers of its own, and another thread may use the given one.
        _policy = TrainedPolicy.FromBytes(_file);
        (_action, _wanted) = (new double[names.Count + 1], new double[names.Count]);
    }

    /// <summary>The names in the order of the observation.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The base weights in the order of the names.</summary>
    public IReadOnlyList<double> BaseWeights => _baseWeights;

    /// <summary>Count of the numbers of an observation.</summary>
    public int ObservationSize => _policy.ObservationSize;

    /// <summary>Changes of weights up to this sum are skipped.</summary>
    public double Band { get; }

    /// <summary>
    /// The weights for an observation, without random actions. They stay unchanged if the change is within the band. Allocates
    /// nothing; one thread at a time.
    /// </summary>
    /// <param name="weights">The weights in the order of the names: the current ones, replaced by the new ones.</param>
    public void Decide(ReadOnlySpan<double> observation, Span<double> weights)
    {
        _policy.Decide(observation, _action);
        Tilt(_action, _baseWeights, _wanted);
        NoTradeBand.Replace(weights, _wanted, Band);
    }

    /// <summary>Computes the weights of an action: its last component is cash; the others tilt the base weights.</summary>
    /// <param name="action">One component more than there are weights; they add up to 1.</param>
    public static void Tilt(ReadOnlySpan<double> action, ReadOnlySpan<double> baseWeights, Span<double> weights)
    {
        var sum = 0.0;
        for (var i = 0; i < weights.Length; i++) sum += weights[i] = baseWeights[i] * action[i];
        var invested = 1 - action[weights.Length];
        for (var i = 0; i < weights.Length; i++) weights[i] = sum > 0 ? weights[i] / sum * invested : 0;
    }

    /// <summary>Serializes a version; the file ends with a hash of its content.</summary>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Mark);
            writer.Write(Band);
            writer.Write(Names.Count);
            for (var i = 0; i < Names.Count; i++)
            {
                writer.Write(Names[i]);
                writer.Write(BaseWeights[i]);
            }
            writer.Write(_file.Length);
            writer.Write(_file);
        }
        stream.Write(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        return stream.ToArray();
    }

    /// <summary>Reads a file of <see cref="ToBytes"/>. The policy's weights are the same to the bit.</summary>
    /// <param name="source">For messages.</param>
    /// <exception cref="InputException">The file is not a weight policy, or is damaged.</exception>
    public static WeightPolicy FromBytes(byte[] bytes, string source)
    {
        var content = bytes.AsSpan(0, Math.Max(0, bytes.Length - SHA256.HashSizeInBytes));
        if (!SHA256.HashData(content).AsSpan().SequenceEqual(bytes.AsSpan(content.Length)))
            throw new InputException($"{source} is not a weight policy, or is damaged: restore it, or train again with 'granary "
                + "reinforce'");
        using var reader = new BinaryReader(new MemoryStream(bytes, 0, content.Length));
        if (reader.ReadString() != Mark)
            throw new InputException($"{source} was written by another version of Granary: train again with 'granary reinforce'");
        var band = reader.ReadDouble();
        var names = new string[reader.ReadInt32()];
        var weights = new double[names.Length];
        for (var i = 0; i < names.Length; i++) (names[i], weights[i]) = (reader.ReadString(), reader.ReadDouble());
        return new WeightPolicy(names, weights, TrainedPolicy.FromBytes(reader.ReadBytes(reader.ReadInt32())), band);
    }
}
