using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Granary.Api.Lists;

/// <summary>The smallest and the largest number of a parameter. The framework checks them, and the OpenAPI document has them.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class AllowedRangeAttribute : RangeAttribute
{
    public AllowedRangeAttribute(int minimum, int maximum) : base(minimum, maximum) => ErrorMessage = "{1:N0} to {2:N0}";

    public AllowedRangeAttribute(double minimum) : base(minimum, double.MaxValue) => ErrorMessage = "{1} or more";

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) => IsValid(value)
        ? ValidationResult.Success
        : new ValidationResult(string.Create(CultureInfo.InvariantCulture, $"{validationContext.DisplayName}={value}: ask for ")
            + string.Format(CultureInfo.InvariantCulture, ErrorMessage!, "", Minimum, Maximum));
}
