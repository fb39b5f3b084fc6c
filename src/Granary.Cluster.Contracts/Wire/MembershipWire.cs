using Granary.Engine.Market;

namespace Granary.Cluster.Wire;

/// <summary>When a symbol is in the universe: its spans as pairs of times.</summary>
[GenerateSerializer, Alias("granary.Membership")]
internal readonly record struct MembershipWire([property: Id(0)] LeavePolicy OnLeave, [property: Id(1)] long[] Spans);

[RegisterConverter]
internal sealed class MembershipConverter : IConverter<Membership, MembershipWire>
{
    public Membership ConvertFromSurrogate(in MembershipWire surrogate) =>
        new(surrogate.OnLeave, surrogate.Spans.Chunk(2).Select(s => new MemberSpan(s[0], s[1])));

    public MembershipWire ConvertToSurrogate(in Membership value) =>
        new(value.OnLeave, [.. value.Spans.SelectMany(s => (long[])[s.From, s.To])]);
}
