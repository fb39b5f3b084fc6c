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
    public string? FaultOf(string name, object? value) => IsValid(value)
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"{name}={value}: ask for ")
            + string.Format(CultureInfo.InvariantCulture, ErrorMessage!, "", Minimum, Maximum);
}
