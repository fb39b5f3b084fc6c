using Granary.Cluster.Grains.Hosting;
using Granary.Cluster.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Providers;
using Orleans.Serialization;

namespace Granary.Cluster.Tests.Contracts;

/// <summary>Messages of the memory streams between silos.</summary>
[Collection<PlainSilos>]
public sealed class MemoryStreamWireTests(PlainSilos.Cluster shared)
{
    private static readonly byte[] Block = [.. Enumerable.Range(0, 48 << 10).Select(i => (byte)(i * 7))];

    private static List<MemoryMessageData> Messages(params ArraySegment<byte>[] payloads) =>
        [.. payloads.Select((p, i) => new MemoryMessageData { SequenceNumber = i, Payload = p })];

    [Fact]
    public async Task A_block_takes_as_many_bytes_on_the_wire_as_it_has()
    {
        var serializer = shared.Silos.ServiceOf<Serializer>(shared.Silos.Alive[0]);
        var written = serializer.SerializeToArray(Messages(Block, new ArraySegment<byte>(Block, 100, 1000), ArraySegment<byte>.Empty));
        (written.Length - Block.Length - 1000).ShouldBeInRange(0, 300);
        var read = serializer.Deserialize<List<MemoryMessageData>>(written)!;
        read.Select(m => m.Payload.ToArray()).ShouldBe([Block, Block[100..1100], []]);
    }

    [Fact]
    public void A_copy_shares_no_bytes_with_the_message()
    {
        using var services = ByteSegmentCodec.Add(new ServiceCollection().AddSerializer()).BuildServiceProvider();
        var message = Messages(Block[..10])[0];
        var copy = services.GetRequiredService<DeepCopier>().Copy(message);
        message.Payload.Array![0]++;
        copy.Payload.ToArray().ShouldBe(Block[..10]);
    }
}
