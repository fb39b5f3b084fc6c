using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Granary.Api.Routing;

/// <summary>
/// The smallest and the largest number of a parameter. <see cref="ArgumentLimits"/> checks them, and the OpenAPI document has them.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class AllowedRangeAttribute : RangeAttribute
{
    public AllowedRangeAttribute(int minimum, int maximum) : base(minimum, maximum) => ErrorMessage = "{1:N0} to {2:N0}";

    public AllowedRangeAttribute(double minimum) : base(minimum, double.MaxValue) => ErrorMessage = "{1} or more";

    /// <summary>Describes why a value is refused, with the allowed range; null if it is in the range, or not given.</summary>
    /// <param name="name">Name of the parameter, as callers write it.</param>
    /// <param name="written">The value as it was written; null if it is not in the query.</param>
    public string? FaultOf(string name, string? written, object? value) => IsValid(value)
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"{name}={(written is { Length: <= 40 } ? written : value)}: ask for ")
            + string.Format(CultureInfo.InvariantCulture, ErrorMessage!, "", Minimum, Maximum);
}
