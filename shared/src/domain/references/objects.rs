//! The names of Zuora's objects that a text may use without saying that they are one.
//!
//! Source: Zuora's list of data source objects and of ZOQL objects (docs.zuora.com). Custom objects have `__` in their names.

const OBJECTS: [&str; 66] = [
    "Account",
    "AccountingCode",
    "AccountingPeriod",
    "Amendment",
    "BillToContact",
    "BillingRun",
    "CommunicationProfile",
    "Contact",
    "ContactSnapshot",
    "CreditBalanceAdjustment",
    "CreditMemo",
    "CreditMemoApplication",
    "CreditMemoItem",
    "CreditTaxationItem",
    "DebitMemo",
    "DebitMemoItem",
    "DebitTaxationItem",
    "DefaultPaymentMethod",
    "Export",
    "Feature",
    "Import",
    "Invoice",
    "InvoiceAdjustment",
    "InvoiceItem",
    "InvoiceItemAdjustment",
    "InvoicePayment",
    "InvoiceSchedule",
    "JournalEntry",
    "JournalEntryItem",
    "JournalRun",
    "Order",
    "OrderAction",
    "OrderItem",
    "OrderLineItem",
    "ParentAccount",
    "Payment",
    "PaymentApplication",
    "PaymentGateway",
    "PaymentMethod",
    "PaymentMethodSnapshot",
    "PaymentMethodTransactionLog",
    "PaymentRun",
    "PaymentSchedule",
    "ProcessedUsage",
    "Product",
    "ProductFeature",
    "ProductRatePlan",
    "ProductRatePlanCharge",
    "ProductRatePlanChargeTier",
    "RatePlan",
    "RatePlanCharge",
    "RatePlanChargeTier",
    "Refund",
    "RefundApplication",
    "RefundInvoicePayment",
    "RevenueEvent",
    "RevenueSchedule",
    "RevenueScheduleItem",
    "SoldToContact",
    "Subscription",
    "SubscriptionProductFeature",
    "TaxationItem",
    "UnitOfMeasure",
    "UpdaterBatch",
    "Usage",
    "User",
];

/// True for the name of an object: one of Zuora's, or a custom one.
pub(super) fn is_object(name: &str) -> bool {
    OBJECTS.binary_search(&name).is_ok() || name.trim_matches('_').contains("__")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_sorted_so_that_they_can_be_searched() {
        assert!(OBJECTS.is_sorted());
        assert!(is_object("Account") && is_object("default__device") && !is_object("account") && !is_object("Liquid"));
    }
}
