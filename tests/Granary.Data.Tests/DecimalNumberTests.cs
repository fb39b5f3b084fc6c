using System.Globalization;
using System.Text;
using Granary.Data.Text;

namespace Granary.Data.Tests;

/// <summary>The parser of numbers in bar files beside the runtime's, bit for bit.</summary>
public sealed class DecimalNumberTests
{
    private static IEnumerable<string> Texts()
    {
        string[] edges =
        [
            "0", "-0", "0.0", "00012.50", "1.", ".5", "9007199254740991", "9007199254740992", "9007199254740993", "0.1",
            "0.30000000000000004",
            "1e22", "1e23", "1E-22", "1e-23", "123456789012345678", "1234567890123456789", "12345678901234567890",
            "0.000000000000000000001",
            "4.9e-324", "2.2250738585072014e-308", "1.7976931348623157e308", "5e-325", "1e400", "8.5e-1", "99999999999999999.99", "+1.5",
        ];
        foreach (var text in edges) yield return text;
        var random = new Random(42);
        for (var i = 0; i < 200_000; i++)
        {
            var digits = new StringBuilder();
            for (var n = random.Next(1, 20); n > 0; n--) digits.Append((char)('0' + random.Next(10)));
            if (random.Next(3) > 0) digits.Insert(random.Next(digits.Length + 1), '.');
            if (random.Next(8) == 0) digits.Append(CultureInfo.InvariantCulture, $"e{random.Next(-40, 40)}");
            yield return digits.ToString();
        }
        for (var i = 0; i < 50_000; i++)
            if (BitConverter.Int64BitsToDouble(random.NextInt64()) is var number && double.IsFinite(number))
                yield return number.ToString("R", CultureInfo.InvariantCulture);
    }

    [Fact]
    public void A_number_is_the_same_double_as_that_of_the_runtime()
    {
        foreach (var text in Texts())
        {
            DecimalNumber.TryParse(Encoding.ASCII.GetBytes(text), 0, out var value, out _).ShouldBeTrue(text);
            Bits(value).ShouldBe(Bits(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)), text);
        }
    }

    [Fact]
    public unsafe void The_short_path_reads_the_same_double_or_leaves_the_number_to_the_long_one()
    {
        var (read, all) = (0, 0);
        foreach (var text in Texts())
        {
            all++;
            fixed (byte* first = Encoding.ASCII.GetBytes(text + ","))
            {
                var p = first;
                if (!DecimalNumber.TryReadPlain(ref p, out var mantissa, out var fraction) || *p != ',' || fraction > 22) continue;
                var value = fraction == 0 ? mantissa : mantissa / DecimalNumber.PowersOfTen[fraction];
                Bits(value).ShouldBe(Bits(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)), text);
                read++;
            }
        }
        read.ShouldBeGreaterThan(all / 3);
    }

    private static long Bits(double value) => BitConverter.DoubleToInt64Bits(value);
}
