using Granary.Learning.Networks;
using Granary.Learning.Reinforcement.Environments;

namespace Granary.Learning.Reinforcement.Policies;

/// <summary>
/// Networks with the normaliser of their observations: everything that a decision depends on, and so what a saved version holds.
/// </summary>
public sealed class TrainedPolicy
{
    private const string Mark = "granary-policy-1";

    private readonly NetworkWorkspace _policy, _value;
    private readonly double[] _row;

    /// <param name="normaliser">Null where observations are taken as they are.</param>
    public TrainedPolicy(ActorCritic networks, ActionSpace actions, ObservationNormaliser? normaliser)
    {
        (Networks, Actions, Normaliser) = (networks, actions, normaliser);
        _policy = new NetworkWorkspace(networks.Policy, 1);
        _value = new NetworkWorkspace(networks.Value, 1);
        _row = new double[networks.Policy.RowWidth];
    }

    public ActorCritic Networks { get; }

    public ActionSpace Actions { get; }

    public ObservationNormaliser? Normaliser { get; }

    /// <summary>Numbers of an observation.</summary>
    public int ObservationSize => Networks.Policy.InputsOf(0);

    /// <summary>The most likely action, as an environment takes it. Allocates nothing; one thread at a time.</summary>
    /// <param name="action">As many numbers as the action space says.</param>
    public void Decide(ReadOnlySpan<double> observation, Span<double> action)
    {
        var output = Networks.Policy.Forward(Networks.PolicyParameters, Row(observation), 1, _policy);
        Networks.Head.Mode(output, action);
        Networks.Head.ToEnvironment(action, action);
    }

    /// <summary>What the value network expects of a state, in scaled rewards.</summary>
    public double Value(ReadOnlySpan<double> observation) =>
        Networks.Value.Forward(Networks.ValueParameters, Row(observation), 1, _value)[0];

    private ReadOnlySpan<double> Row(ReadOnlySpan<double> observation)
    {
        if (Normaliser is null) observation.CopyTo(_row);
        else Normaliser.Apply(observation, _row);
        return _row;
    }

    /// <summary>The file of this policy.</summary>
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

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    /// <exception cref="LearningInputException">It is no policy, or cut off.</exception>
    public static TrainedPolicy FromBytes(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes.ToArray()));
            if (reader.ReadString() != Mark) throw new LearningInputException(NoPolicy);
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
            throw new LearningInputException(NoPolicy, e);
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
