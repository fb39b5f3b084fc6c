using System.Text;
using Granary.Data.Text;

namespace Granary.Data.Tests.Reading;

public sealed class Crc32CTests
{
    [Fact]
    public void Castagnolis_check_value_is_met() => Crc32C.Append(0, Encoding.ASCII.GetBytes("123456789")).ShouldBe(0xE3069283u);

    [Fact]
    public void Castagnolis_checksum_in_three_runs_is_that_of_one_byte_after_the_other()
    {
        var random = new Random(8);
        var data = new byte[20_000];
        random.NextBytes(data);
        foreach (var length in (int[])[0, 1, 7, 8, 3071, 3072, 3073, 6143, 6144, 20_000])
        {
            var slow = ~0u;
            foreach (var b in data.AsSpan(0, length)) slow = System.Numerics.BitOperations.Crc32C(slow, b);
            Crc32C.Append(0, data.AsSpan(0, length)).ShouldBe(~slow, $"{length} bytes");
            var cut = length / 3;
            Crc32C.Append(Crc32C.Append(0, data.AsSpan(0, cut)), data.AsSpan(cut, length - cut))
                .ShouldBe(~slow, $"{length} bytes cut at {cut}");
        }
    }
}
