using Granary.Engine;
using Granary.Learning.Networks;
using Granary.Reinforcement.Environments;

namespace Granary.Reinforcement.Policies;

/// <summary>
/// A policy's networks and the normaliser of its observations. A saved version contains exactly these.
/// </summary>
public sealed class TrainedPolicy
{
    private const string Mark = "granary-policy-1";

    private readonly NetworkWorkspace _policy, _value;
    private readonly double[] _row;

    /// <param name="normaliser">The normaliser; null to use raw observations.</param>
    internal TrainedPolicy(ActorCritic networks, ActionSpace actions, ObservationNormaliser? normaliser)
    {
        (Networks, Actions, Normaliser) = (networks, actions, normaliser);
        _policy = new NetworkWorkspace(networks.Policy, 1);
        _value = new NetworkWorkspace(networks.Value, 1);
        _row = new double[networks.Policy.RowWidth];
    }

    internal ActorCritic Networks { get; }

    public ActionSpace Actions { get; }

    internal ObservationNormaliser? Normaliser { get; }

    /// <summary>The length of an observation.</summary>
    public int ObservationSize => Networks.Policy.InputsOf(0);

    /// <summary>Returns the most likely action in the environment's form. Allocates nothing; not thread-safe.</summary>
    /// <param name="action">The action, of the length of the action space.</param>
    public void Decide(ReadOnlySpan<double> observation, Span<double> action)
    {
        var output = Networks.Policy.Forward(Networks.PolicyParameters, Row(observation), 1, _policy);
        Networks.Head.Mode(output, action);
        Networks.Head.ToEnvironment(action, action);
    }

    /// <summary>Returns the value network's estimate for a state, in scaled rewards.</summary>
    public double Value(ReadOnlySpan<double> observation) =>
        Networks.Value.Forward(Networks.ValueParameters, Row(observation), 1, _value)[0];

    private ReadOnlySpan<double> Row(ReadOnlySpan<double> observation)
    {
        if (Normaliser is null) observation.CopyTo(_row);
        else Normaliser.Apply(observation, _row);
        return _row;
    }

    /// <summary>Serializes this policy.</summary>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream))
        {
            writer.Write(Mark);
            writer.Write((byte)Actions.Kind);
            writer.Write(Actions.Choices);
            writer.Write(Actions.Low);
            writer.Write(Actions.High);
            Write(writer, Networks.Policy);
            Write(writer, Networks.Value);
            foreach (var value in Networks.Parameters) writer.Write(value);
            writer.Write(Normaliser is not null);
            Normaliser?.Moments.Write(writer);
        }
        return stream.ToArray();
    }

    private static void Write(BinaryWriter writer, DenseNetwork network)
    {
        writer.Write((byte)network.Activation);
        writer.Write(network.Layers);
        writer.Write(network.InputsOf(0));
        for (var l = 0; l < network.Layers; l++) writer.Write(network.OutputsOf(l));
    }

    /// <summary>Deserializes the output of <see cref="ToBytes"/>.</summary>
    /// <exception cref="InputException">The bytes are not a policy, or are truncated.</exception>
    public static TrainedPolicy FromBytes(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes.ToArray()));
            if (reader.ReadString() != Mark) throw new InputException(NoPolicy);
            var actions = new ActionSpace((ActionKind)reader.ReadByte(), reader.ReadInt32(), reader.ReadDouble(), reader.ReadDouble());
            var policy = ReadNetwork(reader);
            var networks = new ActorCritic(policy, ActionHead.For(actions), ReadNetwork(reader));
            foreach (ref var value in networks.Parameters.AsSpan()) value = reader.ReadDouble();
            var normaliser = reader.ReadBoolean() ? new ObservationNormaliser(policy.InputsOf(0)) : null;
            normaliser?.Moments.Read(reader);
            normaliser?.Refresh();
            return new TrainedPolicy(networks, actions, normaliser);
        }
        catch (Exception e) when (e is IOException or ArgumentException or FormatException or OverflowException)
        {
            throw new InputException(NoPolicy, e);
        }
    }

    private const string NoPolicy = "the file holds no policy, or only a part of one: save it again with 'granary reinforce --save'";

    private static DenseNetwork ReadNetwork(BinaryReader reader)
    {
        var activation = (Activation)reader.ReadByte();
        var widths = new int[reader.ReadInt32() + 1];
        for (var i = 0; i < widths.Length; i++) widths[i] = reader.ReadInt32();
        return new DenseNetwork(widths[0], widths[1..^1], widths[^1], activation);
    }
}
